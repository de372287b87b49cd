"""The differences between two versions of the governance file: people and their roles first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qa_workflow.calendar import Calendar, long_date
from qa_workflow.definition.differences.difference import ONLY_WRITTEN_OTHERWISE, Difference, Weight, ordered
from qa_workflow.definition.differences.tables import Place, Table, changed, each, inner, nothing
from qa_workflow.definition.differences.words import quoted, words
from qa_workflow.definition.governance import Governance, Person, Role

_FLOW, _TIME, _FIELDS, _TEXT = Weight.FLOW, Weight.TIME, Weight.FIELDS, Weight.TEXT


def _gains(label: str) -> Any:
    """A change by which a person may do more or less; who it is, is known by the path."""

    def tell(place: Place, old: Any, new: Any) -> Iterator[Difference]:
        said = f"{place.name}: {label} {words(new)}; it was {words(old)}."
        yield Difference(Weight.MAY, place.where, said, people=(place.where.rpartition(".")[2],))

    return tell


def _roles(place: Place, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Difference]:
    person = place.where.rpartition(".")[2]
    for role in new:
        if role not in old:
            yield Difference(Weight.MAY, place.where, f"{place.name} newly has the role {role}.", people=(person,))
    for role in old:
        if role not in new:
            yield Difference(Weight.MAY_NOT, place.where, f"{place.name} no longer has the role {role}.")
    if set(old) == set(new):
        yield Difference(_TEXT, place.where, f"{place.name}: the same roles in another order.")


def _scope(place: Place, _: bool, new: bool) -> Iterator[Difference]:
    role = place.where.rpartition(".")[2]
    if new:
        yield Difference(Weight.MAY_NOT, place.where, f"{place.name} reaches its own organisation's items only.")
    else:
        said = f"{place.name} newly reaches the items of every organisation."
        yield Difference(Weight.MAY, place.where, said, roles=(role,))


def _rights(_: Place, old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        before, after, right = old.get(name, ()), new.get(name, ()), name.replace("_", " ")
        for role in after:
            if role not in before:
                said = f"{role} newly has the right to {right}."
                yield Difference(Weight.MAY, f"rights.{name}", said, roles=(role,))
        for role in before:
            if role not in after:
                yield Difference(Weight.MAY_NOT, f"rights.{name}", f"{role} no longer has the right to {right}.")
        if before != after and set(before) == set(after):
            yield Difference(_TEXT, f"rights.{name}", f"The right to {right}: the same roles in another order.")


def _days(label: str) -> Any:
    """A table of a calendar: each day that is new in it, or no longer."""

    def tell(place: Place, old: Mapping[Any, str], new: Mapping[Any, str]) -> Iterator[Difference]:
        for day, why in new.items():
            if old.get(day) != why:
                yield Difference(_TIME, place.where, f"{place.name}: {long_date(day)} is {label} ({why}).")
        for day in old:
            if day not in new:
                yield Difference(_TIME, place.where, f"{place.name}: {long_date(day)} is no longer {label}.")

    return tell


def _calendar(place: Place, old: Calendar, new: Calendar) -> Iterator[Difference]:
    """Whose days a series goes by; what is different in those days is told where the calendar stands."""
    if old.id != new.id:
        yield from changed(_TIME, "the calendar of its meetings")(place, old.id, new.id)


ROLE: Table = {"name": nothing, "title": changed(_TEXT, "title"), "about": changed(_TEXT, "about"), "own": _scope}
PERSON: Table = {
    "name": nothing,
    "title": changed(_TEXT, "title"),
    "roles": _roles,
    "organisation": _gains("acts for"),
    "email": changed(_TEXT, "address"),
    "start": _gains("acts from"),
    "until": _gains("acts until"),
    "covers": _gains("stands in for"),
}
CALENDAR: Table = {
    "id": nothing,
    "zone": changed(_TIME, "time zone"),
    "weekend": changed(_TIME, "days of the week not worked (Monday being 0)"),
    "closures": _days("closed"),
    "openings": _days("worked"),
    "proclaimed": _days("a bank holiday"),
    "withdrawn": _days("withdrawn as a bank holiday"),
    "region": changed(_TIME, "region"),
}
SERIES: Table = {
    "body": nothing,
    "rule": changed(_TIME, "when it meets"),
    "at": changed(_TIME, "at what time it meets"),
    "start": changed(_TIME, "from when it meets"),
    "until": changed(_TIME, "until when it meets"),
    "excluding": changed(_TIME, "days on which it does not meet"),
    "extra": changed(_TIME, "further meetings"),
    "moved": changed(_TIME, "meetings that are moved"),
    "on_holiday": changed(_TIME, "what becomes of meetings on holidays"),
    "calendar": _calendar,
    "life": nothing,  # the body's own first and last day are told with the body
}
_LASTING: Table = {
    "name": nothing,
    "title": changed(_TEXT, "title"),
    "kind": changed(_FLOW, "kind"),
    "start": changed(_FLOW, "from when it exists"),
    "until": changed(_FLOW, "until when it exists"),
    "names": changed(_TEXT, "earlier names"),
    "successor": changed(Weight.MAY, "what took over from it"),
    "aliases": changed(_TEXT, "other words for it"),
}
ORGANISATION: Table = _LASTING
BODY: Table = {
    **_LASTING,
    "successor": changed(_FLOW, "what took over from it"),
    "about": changed(_TEXT, "about"),
    "reports_to": changed(_FLOW, "whom it reports to"),
    "also_reports_to": changed(_FLOW, "whom else it reports to"),
    "organisation": changed(_FLOW, "organisation"),
    "reviews": changed(_FLOW, "whose items it reviews"),
    "chair": changed(Weight.MAY, "chair"),
    "secretary": changed(Weight.MAY, "secretary"),
    "papers": changed(_TIME, "when papers are due"),
    "minutes": changed(_TIME, "when minutes are due"),
    "series": inner(SERIES, "meetings", _TIME),
    "capacity": changed(_FLOW, "how many items a meeting takes"),
    "quorum": changed(_TEXT, "quorum"),
    "session": changed(Weight.MAY, "who may attend"),
}
SCALE: Table = {
    "name": nothing,
    "title": changed(_TEXT, "title"),
    "levels": changed(_FIELDS, "its levels"),
}


def _people(place: Place, old: Mapping[str, Person], new: Mapping[str, Person]) -> Iterator[Difference]:
    for name, person in new.items():
        if name not in old:
            roles = ", ".join(person.roles) or "no role"
            said = f"{person.title} ({name}) is new, with {roles}."
            yield Difference(Weight.MAY, f"people.{name}", said, people=(name,))
    yield from each(PERSON, lambda found: f"{found.title} ({found.name})", Weight.MAY_NOT)(
        place, old, {name: person for name, person in new.items() if name in old}
    )


def _role_table(place: Place, old: Mapping[str, Role], new: Mapping[str, Role]) -> Iterator[Difference]:
    yield from each(ROLE, lambda found: f"the role {found.name}", Weight.MAY_NOT)(place, old, new)


GOVERNANCE: Table = {
    "name": changed(_TEXT, "name"),
    "title": changed(_TEXT, "title"),
    "calendars": each(CALENDAR, lambda found: f"the calendar {quoted(found.id)}", _TIME),
    "roles": _role_table,
    "organisations": each(ORGANISATION, lambda found: f"{found.title} ({found.name})", _FLOW),
    "bodies": each(BODY, lambda found: f"{found.title} ({found.name})", _FLOW),
    "organisation": changed(_FLOW, "the organisation itself"),
    "scales": each(SCALE, lambda found: f"the scale {found.name}", _FIELDS),
    "people": _people,
    "rights": _rights,
    "hash": nothing,
}


def governance_differences(old: Governance | None, new: Governance) -> tuple[Difference, ...]:
    """What is different in `new`, who can newly do what first."""
    if old is None:
        return (Difference(_FLOW, "", f"The governance {quoted(new.title)} is new."),)
    found: list[Difference] = []
    for name, tell in GOVERNANCE.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            found += tell(Place(name if isinstance(after, Mapping) else "", new.title), before, after)
    if next(iter(old.calendars), None) != next(iter(new.calendars), None):
        found.append(Difference(_TIME, "calendars", f"The usual calendar is now {quoted(new.calendar.id)}."))
    if not found and old.hash != new.hash:
        found = [ONLY_WRITTEN_OTHERWISE]
    return ordered(found)
