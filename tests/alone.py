"""Which tests do not run beside others in one database.

Those that stand `APART` drive a browser, kill servers, or run a worker, which serves every tenant
of its database and so would do the work of its neighbours' tests: each file gets a process and a
database, and two files run at a time. Those that need `QUIET` hold something to a time or change a
role of the servers: one file after the other, with nothing beside it.
"""

from pathlib import Path

QUIET = (
    "tests/ai/test_endpoint",
    "tests/bench/",
    "tests/faults/test_f09_",
    "tests/faults/test_f12_",
    "tests/faults/test_f17_",
    "tests/kernel/test_fairness",
    "tests/kernel/test_jobs",
    "tests/kernel/test_live",
    "tests/omnichannel/test_live_offers",
    "tests/security/test_20_",
    "tests/story/test_demo",
)
APART = (
    "tests/ai/test_embeddings",
    "tests/embeddables/test_chat",
    "tests/faults/",
    "tests/infra/test_command",
    "tests/infra/test_stack",
    "tests/kernel/test_mail",
    "tests/kernel/test_relay",
    "tests/kernel/test_rules",
    "tests/kernel/test_webhooks",
    "tests/portals/workspace/test_work",
    "tests/story/",
)
ALONE = (*QUIET, *APART)


def files() -> list[str]:
    """The files that hold such tests."""
    found = sorted(str(path) for path in Path("tests").rglob("test_*.py"))
    return [
        name
        for name in found
        if name.startswith(ALONE) or "mark.browser" in Path(name).read_text(encoding="utf-8")
    ]


def quiet(name: str) -> bool:
    """Whether nothing may run beside this file."""
    return name.startswith(QUIET)
