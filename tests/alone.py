"""Which tests need the machine, and servers, for themselves.

They drive a browser, kill servers, hold something to a time, or run a worker, which serves every
tenant of its database and so would do the work of its neighbours' tests.
"""

from pathlib import Path

ALONE = (
    "tests/ai/test_embeddings",
    "tests/ai/test_endpoint",
    "tests/bench/",
    "tests/embeddables/test_chat",
    "tests/faults/",
    "tests/infra/test_command",
    "tests/infra/test_stack",
    "tests/kernel/test_fairness",
    "tests/kernel/test_jobs",
    "tests/kernel/test_live",
    "tests/kernel/test_mail",
    "tests/kernel/test_relay",
    "tests/kernel/test_webhooks",
    "tests/kernel/test_rules",
    "tests/omnichannel/test_live_offers",
    "tests/portals/workspace/test_work",
    "tests/security/test_20_",
    "tests/story/",
)


def files() -> list[str]:
    """The files that hold such tests."""
    found = sorted(str(path) for path in Path("tests").rglob("test_*.py"))
    return [
        name
        for name in found
        if name.startswith(ALONE) or "mark.browser" in Path(name).read_text(encoding="utf-8")
    ]
