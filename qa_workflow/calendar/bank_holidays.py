"""Bank holidays of the United Kingdom, part by part and year by year, from the `holidays` library.

The library is read only when a date is first counted (it is slow to import), and each year of each part once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from qa_workflow.calendar.faults import CalendarFault, check_year, did_you_mean, one_of
from qa_workflow.calendar.words import listed

PARTS = {"ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}


@lru_cache(maxsize=1)
def library_version() -> str:
    """As "holidays-0.109": what the dates rest on; recorded with each due date."""
    from holidays.version import __version__

    return f"holidays-{__version__}"


@lru_cache(maxsize=1024)
def bank_holidays(year: int, part: str) -> Mapping[date, str]:
    """Bank holidays of one part of the kingdom, with Good Friday, Christmas Day and substitute days; names by date."""
    check_year(year)
    check_part(part)
    from holidays import country_holidays

    found = country_holidays("GB", subdiv=part, years=year, language="en_GB")
    return {
        day: name.replace("(observed)", "(substitute day)") for day, name in sorted(found.items()) if day.year == year
    }


@lru_cache(maxsize=512)
def bank_holidays_anywhere(year: int, at_home: str) -> Mapping[date, str]:
    """Days that are a bank holiday in any part of the kingdom, the count for freedom of information.

    A day that is one at home has its name there; another says where: "Summer Bank Holiday in Scotland".
    """
    home = bank_holidays(year, at_home)
    elsewhere: dict[date, dict[str, str]] = {}
    for part, title in PARTS.items():
        for day, name in bank_holidays(year, part).items():
            elsewhere.setdefault(day, {})[title] = name
    return {day: home.get(day) or _abroad(names) for day, names in sorted(elsewhere.items())}


def check_part(part: str) -> None:
    """Raises `CalendarFault` unless it is one of the four parts of the kingdom."""
    if part not in PARTS:
        raise CalendarFault(
            f"region '{part}' has no bank holidays of its own", did_you_mean(part.upper(), PARTS, one_of(PARTS))
        )


def _abroad(names: Mapping[str, str]) -> str:
    return f"{next(iter(names.values()))} in {listed(list(names))}"
