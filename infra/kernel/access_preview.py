"""What a change of configuration gives and takes: asked where one is planned, known further up."""

from collections.abc import Mapping
from typing import Any

from infra.kernel.context import Context


class AccessPreview:
    """Knows nothing. A floor that does provides its own in place of this one."""

    async def before(self, ctx: Context) -> Any:
        """What is worth remembering of access as it stands in this transaction."""

    async def after(self, ctx: Context, before: Any) -> Mapping[str, Any] | None:
        """Who gained and who lost what since then, in the same transaction."""
        return None


def access_preview(ctx: Context) -> AccessPreview:
    """The preview that was provided, or one that knows nothing."""
    try:
        return ctx.services.get(AccessPreview)
    except LookupError:
        return AccessPreview()
