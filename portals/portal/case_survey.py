"""The survey about a case on its own page: asked where one looks anyway, and answered once."""

from starlette.responses import Response

from infra.kernel.errors import NotFound, Problem
from portals.pages import page
from portals.portal.cases import refused
from portals.portal.surveying import survey_of
from portals.surveys import THANKS, body_of, placed
from portals.visits import Visit


async def answer(visit: Visit) -> Response:
    """`POST /cases/{number}/survey`."""
    number = visit.path["number"]
    try:
        form = await visit.form()
        case = await visit.read("cases", number, fields="id")
        asked = await survey_of(visit, str(case["id"]))
        if asked is None:
            raise NotFound("nothing is asked about this case now")
        body = body_of(asked["questions"], form)
        await visit.do("survey_invitations.answer", asked["id"], **body)
    except Problem as problem:
        return await refused(visit, placed(problem))
    return visit.go(f"/cases/{number}", notice=visit.say(THANKS))


routes = (page("/cases/{number}/survey", answer, methods=("POST",), people="portal"),)
