"""Any configuration survives the way out and in again, byte for byte."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tenants.configuration.writing import write
from tests.tenants.configuration.office import WEEK, exported
from tests.world import World

NAMES = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf")),
    min_size=1,
    max_size=30,
)
WORDS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=60)
LINES = WORDS | st.sampled_from(["One\n\ntwo\n", "- a\n- b", " x\ny", "yes", "2026-01-01", "null"])


def objects(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    made = st.fixed_dictionaries({"name": NAMES, **parts})
    return st.lists(made, max_size=4, unique_by=lambda each: each["name"].casefold())


CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "assets_by_contact_only": st.booleans(),
        "business_models": st.none() | st.just(["b2b", "b2c"]),
        "case_reopen_days": st.none() | st.integers(0, 3650),
        "case_priorities": st.none()
        | st.fixed_dictionaries(
            {f"{one}-{two}": st.integers(1, 4) for one in (1, 2, 3) for two in (1, 2, 3)}
        ),
        "brand": st.fixed_dictionaries(
            {},
            optional={
                "color": st.sampled_from([None, "#0a3d62"]),
                "support_phone": st.none() | st.from_regex(r"[0-9 +]{1,20}", fullmatch=True),
            },
        ),
    },
)


@st.composite
def configurations(draw: st.DrawFn) -> dict[str, str]:
    """Files that name each other: skills and rules, calendars and promises, shelves and sites."""
    skills = draw(objects(description=LINES, active=st.booleans()))
    calendars = draw(objects(zone=st.sampled_from(["UTC", "Asia/Tokyo"]), hours=st.just(WEEK)))
    shelves = draw(objects(description=LINES, active=st.booleans()))
    channels = draw(st.lists(st.sampled_from(["web", "email", "chat", "phone"]), unique=True))
    queues = [{"channel": each, "name": draw(NAMES)} for each in channels]
    rules = [
        {
            "queue": draw(st.sampled_from([None, *channels])),
            "category": draw(NAMES),
            "skill": s["name"],
        }
        for s in skills
    ]
    labels = st.dictionaries(st.sampled_from(["send", "cancel", "title"]), LINES)
    search = st.fixed_dictionaries(
        {"knowledge_base_ids": st.lists(st.sampled_from([b["name"] for b in shelves]), unique=True)}
        if shelves
        else {"results_max": st.integers(1, 20)}
    )
    modules = draw(
        objects(
            labels=labels,
            components=st.fixed_dictionaries({}, optional={"knowledge_search": search}),
        )
    )
    promises = draw(
        objects(
            kind=st.sampled_from(["cases", "case_tasks"]),
            response_minutes=st.integers(1, 10_000),
            calendar=st.sampled_from([None, *(c["name"] for c in calendars)]),
        )
    )
    chosen = draw(CHOICES)
    whole = {
        "settings": chosen,
        "skills": skills, "calendars": calendars, "knowledge_bases": shelves, "queues": queues,
        "skill_rules": rules, "modules": modules, "sla_definitions": promises,
    }  # fmt: skip
    return {f"{name}.yaml": write(each) for name, each in whole.items()}


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(files=configurations())
async def test_out_and_in_again_is_the_same_bytes(world: World, files: dict[str, str]) -> None:
    trial, live = await world.tenant("Trial"), await world.tenant("Live")
    await trial.admin.do("config_revisions.apply", files=files)
    sent = await exported(trial.admin)
    done = await live.admin.do("config_revisions.apply", files=sent, delete=True)
    assert await exported(live.admin) == sent
    again = await live.admin.do("config_revisions.apply", files=sent, delete=True)
    assert (again.changes, again.revision) == ([], done.revision)
    back = await trial.admin.do("config_revisions.rollback", revision=1)
    assert back.checksum == (await trial.admin.do("config_revisions.export")).checksum
