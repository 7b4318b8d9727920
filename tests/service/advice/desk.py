"""A service desk whose house knows something: articles, and cases that were solved before."""

from typing import Any

from tests.service.desk import Desk

CHANNEL = (
    "Connection drops every evening: change the radio channel",
    (
        "When the connection drops at the same hours each day, the radio channel is crowded.\n\n"
        "1. Open the router page and choose *Radio*.\n2. Set the channel to **automatic**.\n"
    ),
)
BILL = ("Read your bill", "Each line of the bill names the service, its period and its price.\n")
ROLLBACK = (
    "Evening drops of the connection: firmware rollback",
    "For agents: roll the firmware back from the device page when the connection drops.\n",
)
TROUBLE = {
    "subject": "Internet drops every evening",
    "description": "Around eight the router loses its connection; a restart helps for an hour.",
}
SOLVED = {
    "subject": "Connection lost in the evening",
    "description": "The internet drops for minutes at a time, always in the evening.",
}
RESOLUTION = "Set the router to an automatic channel and installed firmware 2.4.1; stable since."


async def an_article(
    desk: Desk, words: tuple[str, str], audience: str = "public", **values: Any
) -> dict[str, Any]:
    """A published article."""
    base = await a_base(desk)
    made = await desk.admin.do(
        "articles.create", title=words[0], body=words[1], audience=audience,
        knowledge_base_id=str(base["id"]), **values,
    )  # fmt: skip
    shown: dict[str, Any] = await desk.admin.do("articles.publish", made["id"])
    return shown


async def a_base(desk: Desk) -> dict[str, Any]:
    """The shelf."""
    found = await desk.admin.list("knowledge_bases")
    if found:
        return found[0]
    made: dict[str, Any] = await desk.admin.do("knowledge_bases.create", name="Help")
    return made


async def a_solved_case(desk: Desk, **values: Any) -> dict[str, Any]:
    """A case of the contact that was resolved."""
    given = {**SOLVED, **values}
    resolution = given.pop("resolution", RESOLUTION)
    code = given.pop("resolution_code", "solved")
    case = await desk.case(**given)
    done: dict[str, Any] = await desk.admin.do(
        "cases.resolve", case["id"], resolution=resolution, resolution_code=code
    )
    return done


async def advised(desk: Desk, case: dict[str, Any], who: Any = None) -> Any:
    """What is recommended on the case."""
    return await (who or desk.agent).do("cases.recommendations", case["id"])


def ids(told: Any, kind: str) -> list[str]:
    """The records of a kind that are recommended, best first."""
    return [str(each.record_id) for each in told.data if each.kind == kind]
