"""The pictures of an article, to whoever reads it at a page."""

from uuid import UUID

from starlette.responses import Response

from infra.kernel.picture_files import picture_response
from portals.visits import Visit


async def picture(visit: Visit) -> Response:
    """`GET …/knowledge/{number}/pictures/{name}`."""
    told = await visit.ask("articles.picture", visit.path["number"], name=visit.path["name"])
    return await picture_response(
        visit.request, visit.services, visit.site.tenant_id, UUID(told["attachment_id"])
    )
