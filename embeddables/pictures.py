"""The pictures of an article on another site's page, which sends no token with them.

Whoever is let read the text is given an address for each picture that it shows. It is sealed for
that picture and module, good as long as a session, and for what readers outside still have.
"""

from collections.abc import Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from embeddables.door import ADDRESS, PREFIX, Visit, count, door, services_of, site_with
from embeddables.queries import Site
from embeddables.sessions import LIFETIME
from infra.kernel.described import described
from infra.kernel.errors import NotFound
from infra.kernel.ids import parse
from infra.kernel.markdown import pictures_of
from infra.kernel.picture_files import picture_response
from infra.kernel.services import Services
from tenants.sealing import SealBroken, seal, unseal

_BINARY = {"type": "string", "format": "binary"}


def addresses(guest: Visit, article_id: str) -> Callable[[str], str]:
    """Name of a picture → where this reader's browser finds it, for a while."""
    services, site = guest.services, guest.site
    until = int((services.database.now() + LIFETIME).timestamp())

    def address(name: str) -> str:
        key = services.settings.secret_key
        pass_ = seal(key, str(until), bound_to=_bound(site, article_id, name))
        return f"{PREFIX}/knowledge/{article_id}/pictures/{name}?module={site.key}&pass={pass_}"

    return address


@described(
    "embed.knowledge.picture",
    tag="embed",
    answers={200: ("image/png", _BINARY), 304: ("", None)},
    query={"module": {"type": "string"}, "pass": {"type": "string"}},
    problems=("403", "404", "429", "503"),
    security=(),
)
@door
async def content(request: Request) -> Response:
    """A picture of an article, by the address that came with the article."""
    await count(request, ADDRESS)
    services = services_of(request)
    site = await site_with(request, request.query_params.get("module", ""))
    article_id, name = parse(request.path_params["id"]), request.path_params["name"]
    if article_id is None or not _is_good(services, site, article_id, name, request):
        raise NotFound("no such picture")
    file = await _file(services, site, article_id, name)
    response = await picture_response(request, services, site.tenant_id, file)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _is_good(services: Services, site: Site, article_id: UUID, name: str, request: Request) -> bool:
    sealed = request.query_params.get("pass", "")[:500]
    bound = _bound(site, str(article_id), name)
    try:
        until = unseal(services.settings.secret_key, sealed, bound_to=bound)
    except SealBroken:
        return False
    return int(until) > services.database.now().timestamp()


async def _file(services: Services, site: Site, article_id: UUID, name: str) -> UUID:
    """The file of a picture that readers outside still have; raises NotFound."""
    resources = services.registry.resources
    async with services.system(site.tenant_id, reason="picture of a widget") as ctx:
        article = await ctx.find(resources["articles"], article_id)
        is_read = article is not None and article.state == "published" and article.is_open
        if not is_read or name not in pictures_of(article.body):
            raise NotFound("no such picture")
        ids = [article.id, *([article.original_id] if article.original_id else [])]
        rows = await ctx.every(resources["article_pictures"]).filter(article_id__in=ids, name=name)
        found = min(rows, key=lambda row: row.article_id != article.id, default=None)
    if found is None:
        raise NotFound("no such picture")
    file: UUID = found.attachment_id
    return file


def _bound(site: Site, article_id: str, name: str) -> str:
    return f"article picture:{site.tenant_id}:{site.id}:{article_id}:{name}"
