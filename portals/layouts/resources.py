"""Layouts as the API shows them: they order what is looked at, and give or take no access."""

from typing import Annotated

from annotated_types import MaxLen
from pydantic import StringConstraints

from infra.kernel.configured import Configured
from infra.kernel.resource import Resource, View
from portals.layouts.models import PageLayout

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,79}$")]
Codes = Annotated[list[Code], MaxLen(100)]

_CHANGEABLE = ("hidden_parts", "facts")
_SAID = ("resource", "role", *_CHANGEABLE)

page_layouts = Resource(
    name="page_layouts",
    singular="page_layout",
    model=PageLayout,
    summary="What a role is shown of the pages of a kind of record.",
    label="role",
    types={"resource": Code, "role": Code, "hidden_parts": Codes, "facts": Codes},
    views={
        "staff": View(
            read=("id", *_SAID, "created_at", "updated_at", "version"),
            create=_SAID,
            update=_CHANGEABLE,
        ),
    },
    filters=("resource", "role"),
    sorts=("created_at",),
    default_sort="created_at",
    generic=("delete",),
    required=("resource", "role"),
    configured=Configured(key=("resource", "role"), after=("roles",)),
)
