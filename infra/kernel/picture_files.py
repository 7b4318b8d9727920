"""A kept picture as an answer: under the type that its bytes have, and as nothing else."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from infra.kernel.attachments import attachments, storage_of
from infra.kernel.errors import NotFound
from infra.kernel.etags import names_any
from infra.kernel.headers import FILE_POLICY
from infra.kernel.pictures import BYTES_MOST, picture_of
from infra.kernel.services import Services


async def picture_response(
    request: Request, services: Services, tenant_id: UUID, attachment_id: UUID
) -> Response:
    """The picture, for whoever has been found to read what shows it; raises NotFound for a file
    that is gone or is no picture."""
    async with services.system(tenant_id, reason="picture") as ctx:
        row = await ctx.find(attachments, attachment_id)
    if row is None:
        raise NotFound("no such picture")
    headers = {
        "ETag": f'"{row.sha256.hex()[:32]}"',
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": FILE_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    if names_any(request.headers.get("if-none-match", ""), headers["ETag"], weak=True):
        return Response(status_code=304, headers=headers)
    pieces = storage_of(services).read(tenant_id, row.storage_key, 0, BYTES_MOST + 1)
    content = b"".join([piece async for piece in pieces])
    what = picture_of(content)
    if what is None:
        raise NotFound("no such picture")
    return Response(content, headers=headers, media_type=what.media_type)
