"""What a tenant may choose for itself: one typed document, every choice with a default.

A new choice is a field here. Whoever obeys it reads `chosen(ctx)`; one that decides about access
goes with the caller (see `attributes`), so that no compiled plan outlives it.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from infra.kernel.columns import Text
from infra.kernel.grants import Grant
from tenants.settings.business import BusinessModel

HELD_PATH = "held:"
"""How the names of paths along responsibilities begin."""

_STRICT = ConfigDict(extra="forbid", strict=True)


class BrandSettings(BaseModel):
    """How the tenant's pages look."""

    model_config = _STRICT

    color: (
        Annotated[str, StringConstraints(pattern=r"^(#[0-9a-fA-F]{6}|oklch\([0-9. %]{3,40}\))$")]
        | None
    ) = None
    logo_url: Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9_./-]{1,300}$")] | None = None
    support_text: Annotated[Text, MaxLen(300)] | None = None
    support_phone: Annotated[Text, MaxLen(40)] | None = None


Weights = Annotated[str, StringConstraints(pattern=r"^[1-3]-[1-3]$")]
"""Impact and urgency, 1 the highest: `1-3`."""
PriorityMatrix = Annotated[dict[Weights, Annotated[int, Ge(1), Le(4)]], MinLen(9)]
"""A priority, 1 the most urgent, for each of the nine."""


class TenantSettings(BaseModel):
    """Everything that the tenant has chosen, or the house's default."""

    model_config = _STRICT

    assets_by_contact_only: bool = Field(
        default=False,
        description="Customers and partners see the assets that they are contacts of, no others.",
    )
    business_models: Annotated[list[BusinessModel], MinLen(1), MaxLen(7)] | None = Field(
        default=None,
        description="The business models that the tenant works by; null for all of them.",
    )
    case_priorities: PriorityMatrix | None = Field(
        default=None,
        description="The priority of a case by `impact-urgency`, for all nine pairs and wherever "
        "its type says nothing; null for the house's formula.",
    )
    case_reopen_days: Annotated[int, Ge(0), Le(3650)] | None = Field(
        default=None,
        description="For how many days customers take up a solved case again; null for ever. Later "
        "words open a case that follows.",
    )
    brand: BrandSettings = Field(
        default_factory=BrandSettings, description="How the tenant's pages look."
    )


def defaults() -> dict[str, Any]:
    """What holds for a tenant that has chosen nothing."""
    return TenantSettings().model_dump(mode="json")


def settings_of(stored: Mapping[str, Any]) -> TenantSettings:
    """The settings as stored. What no longer fits its type counts as not chosen, one by one, so
    that an old value never locks anybody out."""
    fitting: dict[str, Any] = {}
    for name in TenantSettings.model_fields.keys() & stored.keys():
        try:
            fitting[name] = getattr(TenantSettings.model_validate({name: stored[name]}), name)
        except ValidationError:
            continue
    return TenantSettings(**fitting)


def closes(stored: Mapping[str, Any], known: Mapping[str, Any], grant: Grant) -> bool:
    """Whether the tenant's choices take from a caller what a responsibility would give: an asset
    that is not one's own to look after, however it is reached."""
    return (
        grant.resource == "assets"
        and grant.path.startswith(HELD_PATH)
        and grant.path != f"{HELD_PATH}self"
        and (known.get("contact_id") or known.get("account_id")) is not None
        and settings_of(stored).assets_by_contact_only
    )


def models_in_use(stored: Mapping[str, Any]) -> frozenset[str] | None:
    """The business models that the tenant works by; None for all of them."""
    models = settings_of(stored).business_models if "business_models" in stored else None
    return frozenset(models) if models is not None else None


def attributes(stored: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """What the tenant's choices make of a caller's attributes: paths start from these, and a path
    without a start is closed."""
    narrow = settings_of(stored).assets_by_contact_only
    return {
        "assets_account_id": None if narrow else known.get("account_id"),
        "assets_account_path": None if narrow else known.get("account_path"),
    }
