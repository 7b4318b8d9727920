"""Pages for whoever holds a link: one thing is shown and answered once, without signing in.

The link says enough, whoever is signed in in this browser. Looking uses nothing up; what is not
open any more and what never was open are told apart, and neither says anything of the record.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from infra.kernel.errors import Conflict, Invalid, Problem
from portals.visits import Visit
from portals.words import noted

NOT_GOOD = noted("This link is not valid, or no longer.")
_TOKEN_MOST = 300


@dataclass(frozen=True)
class LinkPage:
    """What a link shows: the action that tells it by the token, the template and its name for what
    was told, and what is said of one that is over."""

    reads: str
    template: str
    name: str
    over: Callable[[Conflict], str]
    renamed: tuple[tuple[str, str], ...] = ()
    """What the verb calls a field that the page calls otherwise."""
    shaped: Callable[[Visit, Any], Any] = lambda _visit, told: told
    """How the page shows what was told."""

    async def show(self, visit: Visit, token: str, problem: Problem | None = None) -> Response:
        """The page, or why there is none."""
        try:
            told = await self.read(visit, token)
        except Conflict as over:
            return await say(visit, 409, "notice", self.over(over))
        except Invalid:
            return await say(visit, 404, "404", NOT_GOOD)
        return await visit.page(
            self.template,
            status=problem.status if problem else 200,
            token=token,
            values=visit.typed,
            errors=visit.errors(problem, **dict(self.renamed)) if problem else [],
            **{self.name: self.shaped(visit, told)},
        )

    async def read(self, visit: Visit, token: str) -> Any:
        """What the link is for; raises Conflict, Invalid."""
        return await as_stranger(visit).ask(self.reads, token=token)


def token_of(visit: Visit) -> str:
    """The token in the address."""
    return visit.word("token", _TOKEN_MOST)


def as_stranger(visit: Visit) -> Visit:
    """Nobody but the bearer of the link."""
    return replace(visit, visitor=None)


async def say(visit: Visit, status: int, kind: str, text: str) -> Response:
    """A page with one sentence, which ends the matter."""
    return await visit.page(
        "message.html",
        status=status,
        kind=kind,
        title=visit.say(text),
        text=visit.say("You can close this page."),
        action=None,
        request_id=None,
    )
