"""Shapes that several records of customers share; a fault in one is told with all the others."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from infra.kernel.clock import zone_names
from infra.kernel.columns import plain_text
from infra.kernel.errors import Invalid
from tenants.emails import require_address


def _address(text: str) -> str:
    try:
        return require_address(text)
    except Invalid:
        raise ValueError("must be one e-mail address") from None


def _zone(text: str) -> str:
    if text not in zone_names():
        raise ValueError("must be a time zone of the IANA database")
    return text


Email = Annotated[
    str, StringConstraints(max_length=254), AfterValidator(plain_text), AfterValidator(_address)
]
"""An e-mail address in its canonical form."""

Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_zone)]
"""The name of a time zone."""
