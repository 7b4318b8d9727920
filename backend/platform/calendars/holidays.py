"""Public holidays of a country and its regions, computed for each year."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=1)
def regions() -> Mapping[str, frozenset[str]]:
    """Country → the regions that have holidays of their own."""
    return {
        country: frozenset(names)
        for country, names in holidays.list_supported_countries().items()
        if len(country) == 2
    }


@lru_cache(maxsize=2_000)
def holidays_of(country: str, region: str | None, year: int) -> Mapping[date, str]:
    """The year's holidays and what they are called; none for a country that is not known."""
    if country not in regions():
        return {}
    known = holidays.country_holidays(country, subdiv=region, years=year)
    return {day: name for day, name in known.items() if day.year == year}
