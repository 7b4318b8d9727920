"""The components' scripts, for anybody's page.

`/embed/atrium.js` is what pages name; it is asked for again after some minutes. The same files
under `/embed/<version>/` never change: their address is the digest of them all, and what a script
imports it finds beside itself, so a page never mixes two versions.
"""

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from infra.kernel.described import described
from infra.kernel.errors import NotFound
from infra.kernel.problems import problem_response

FOLDER = Path(__file__).parent / "static"
_MEDIA = "text/javascript"
_CODE = {"type": "string"}
_FRESH = "public, max-age=300, stale-while-revalidate=86400"
_FOREVER = "public, max-age=31536000, immutable"


def is_embeddable(path: str) -> bool:
    """Whether other sites load this address as a script; the doors beside it are only fetched."""
    return path.startswith("/embed/") and not path.startswith("/embed/v1/")


@cache
def files() -> dict[str, bytes]:
    """Every script by its name."""
    return {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.js"))}


@cache
def version() -> str:
    """The digest that names this edition of all scripts."""
    digest = hashlib.sha256()
    for name, content in files().items():
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:16]


@described(
    "embed.script",
    tag="embed",
    answers={200: (_MEDIA, _CODE)},
    problems=("404",),
    security=(),
)
async def script(request: Request) -> Response:
    """A component's script, in its newest edition."""
    return _answer(request, request.path_params["file"], _FRESH)


@described(
    "embed.script.version",
    tag="embed",
    answers={200: (_MEDIA, _CODE)},
    problems=("404",),
    security=(),
)
async def versioned_script(request: Request) -> Response:
    """A component's script, in the edition that the address names."""
    if request.path_params["version"] != version():
        return problem_response(request, NotFound("no such edition"))
    return _answer(request, request.path_params["file"], _FOREVER)


def _answer(request: Request, name: str, lasting: str) -> Response:
    content = files().get(name)
    if content is None:
        return problem_response(request, NotFound("no such script"))
    etag = f'"{version()}"'
    headers = {
        "ETag": etag,
        "Cache-Control": lasting,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=_MEDIA)
