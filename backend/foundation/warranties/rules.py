"""Which warranties hold for what, and how that stands on a day. Pure."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from backend.foundation.installed.models import WarrantyStatus


@dataclass(frozen=True)
class Term:
    """A warranty as far as the answer needs it; one that names no item holds for all of them."""

    starts_on: date
    ends_on: date
    install_base_item_id: UUID | None = None
    serial_number: str | None = None

    @property
    def is_for_all(self) -> bool:
        return self.install_base_item_id is None and self.serial_number is None

    def holds_for(self, item_id: UUID, serial_number: str | None) -> bool:
        """Whether it is this item's: by its id, by its serial number, or because it is all's."""
        if self.is_for_all or self.install_base_item_id == item_id:
            return True
        by_serial = self.install_base_item_id is None and self.serial_number == serial_number
        return by_serial and serial_number is not None


def status_of(terms: Iterable[Term], on: date) -> tuple[WarrantyStatus, date | None]:
    """How it stands on the day, and the last day of all that holds or will hold."""
    known = list(terms)
    if not known:
        return WarrantyStatus.NONE, None
    last = max(term.ends_on for term in known)
    if any(term.starts_on <= on <= term.ends_on for term in known):
        return WarrantyStatus.ACTIVE, last
    if any(term.starts_on > on for term in known):
        return WarrantyStatus.PENDING, last
    return WarrantyStatus.EXPIRED, last


def last_day(starts_on: date, months: int) -> date:
    """The last day of so many months: from 15 January, one month ends on 14 February."""
    year, month = divmod(starts_on.year * 12 + starts_on.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    day = min(starts_on.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)
