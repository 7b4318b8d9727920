"""Product data of industries, typed: what a sold or installed instance of a model carries beside
what all of them have. Which of these a model has is its `extension_kind`; to add a kind is to add a
class here."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.foundation.products.models import ExtensionKind
from infra.kernel.columns import Text
from infra.kernel.errors import Fault, Invalid
from infra.kernel.schema import parse_body

Short = Annotated[Text, MaxLen(200)]
Megabits = Annotated[int, Ge(1), Le(10_000_000)]
Amount = Annotated[Decimal, Ge(0), Le(10**15), Field(decimal_places=4)]


class _Extension(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FinancialAccount(_Extension):
    """An account that a bank keeps for its customer."""

    account_type: Literal["checking", "savings", "credit_card", "loan", "mortgage", "investment"]
    account_reference: Annotated[Text, MaxLen(34)] | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    branch: Short | None = None
    opened_on: date | None = None
    credit_limit: Amount | None = None
    interest_percent: Annotated[Decimal, Ge(-100), Le(1000)] | None = None


class NetworkService(_Extension):
    """A service of a telecommunications network."""

    service_type: Literal["broadband", "mobile", "voice", "leased_line", "vpn", "television"]
    technology: Literal["fibre", "cable", "copper", "mobile", "satellite"] | None = None
    circuit: Short | None = None
    download_mbps: Megabits | None = None
    upload_mbps: Megabits | None = None
    telephone_numbers: Annotated[list[Annotated[Text, MaxLen(40)]], MaxLen(100)] = []
    addresses: Annotated[list[Annotated[Text, MaxLen(64)]], MaxLen(100)] = []


class Equipment(_Extension):
    """A machine that a manufacturer keeps running."""

    part_number: Short | None = None
    year_built: Annotated[int, Ge(1800), Le(2200)] | None = None
    commissioned_on: date | None = None
    firmware: Short | None = None
    rated_watts: Annotated[int, Ge(0), Le(10**10)] | None = None
    meter_reading: Amount | None = None
    meter_unit: Annotated[Text, MaxLen(20)] | None = None
    dealer: Short | None = None


EXTENSIONS: Mapping[ExtensionKind, type[_Extension]] = {
    ExtensionKind.FINANCIAL_ACCOUNT: FinancialAccount,
    ExtensionKind.NETWORK_SERVICE: NetworkService,
    ExtensionKind.EQUIPMENT: Equipment,
}

Values = Annotated[dict[Annotated[Text, MaxLen(100)], Any], MaxLen(50)]
"""An extension as it is sent; which fields it may have depends on the model."""


def extended(
    kind: ExtensionKind | None, given: Mapping[str, Any] | None
) -> tuple[dict[str, Any] | None, list[Fault]]:
    """The data as it is stored, and what is wrong with it, below `/extension`."""
    if given is None:
        return None, []
    if kind is None:
        message = "the product model has no extension_kind"
        return None, [Fault("/extension", "not_extended", message)]
    try:
        values = parse_body(EXTENSIONS[kind], dict(given))
    except Invalid as refused:
        return None, [
            Fault(f"/extension{fault.pointer}", fault.code, fault.message)
            for fault in refused.faults
        ]
    return EXTENSIONS[kind](**values).model_dump(mode="json", exclude_none=True), []
