"""Whether a governance file fits together: every name is defined, reporting leads upwards, cover covers somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.checks.graph import circles
from qa_workflow.definition.checks.lines import check_lines
from qa_workflow.definition.governance import Body, Governance, overlapping
from qa_workflow.definition.shape.governance import BodyShape, GovernanceShape, OrganisationShape
from qa_workflow.definition.text.source import Path, Source


def check_governance(governance: Governance, shape: GovernanceShape, source: Source, *, whole: bool = True) -> None:
    """All rules of this module; faults go to the source's."""
    desk = Desk(source, None)
    check_lines(source)
    organisations, bodies, people = tuple(shape.organisations), tuple(shape.bodies), tuple(shape.people or {})
    kinds = tuple(dict.fromkeys(o.kind for o in shape.organisations.values()))
    _known(shape.organisation, ("organisation",), "organisation", organisations, desk)
    for name, organisation in shape.organisations.items():
        _known(organisation.successor, ("organisations", name, "successor"), "organisation", organisations, desk)
    for name, body in shape.bodies.items():
        path: Path = ("bodies", name)
        _known(body.organisation, (*path, "organisation"), "organisation", organisations, desk)
        _known(body.reports_to, (*path, "reports_to"), "body", bodies, desk)
        _known(body.successor, (*path, "successor"), "body", bodies, desk)
        for number, above in enumerate(body.also_reports_to or ()):
            _known(above, (*path, "also_reports_to", number), "body", bodies, desk)
        for number, reviewed in enumerate(body.reviews or ()):
            _known(reviewed, (*path, "reviews", number), "organisation", (*organisations, *kinds), desk)
        if whole and body.papers is not None and body.meets is None:
            what = f"body {name!r} has a rule for papers and no meetings"
            desk.report("body-without-series", (*path, "papers"), what, "add `meets`, or delete `papers`", at_key=True)
    _reviewed_twice(governance, desk)
    for name, person in (shape.people or {}).items():
        _known(person.organisation, ("people", name, "organisation"), "organisation", organisations, desk)
        for covered in person.covers or {}:
            if covered not in people:
                here = ("people", name, "covers", covered)
                desk.unknown(
                    "unknown-person", here, ("person", covered), people, "name a person of this file", at_key=True
                )
            elif covered == name:
                what = f"{name!r} cannot stand in for themselves"
                desk.report(
                    "covers-phrase", ("people", name, "covers", covered), what, "name another person", at_key=True
                )
    if not governance.calendars and not shape.calendars:
        desk.report("missing-key", ("calendars",), "there is no calendar", "define one, as `england: {}`", at_key=True)
    up = {n: [b for b in (s.reports_to, *(s.also_reports_to or ())) if b] for n, s in shape.bodies.items()}
    _circle("reports-to-circle", "bodies", "reports_to", up, desk)
    _circle("successor-circle", "bodies", "successor", _after(shape.bodies), desk)
    _circle("successor-circle", "organisations", "successor", _after(shape.organisations), desk)


def _reviewed_twice(governance: Governance, desk: Desk) -> None:
    """Two groups of one kind that review the same on the same day."""
    reviewing: dict[tuple[str, str], list[Body]] = {}
    for body in governance.bodies.values():
        for reviewed in dict.fromkeys(body.reviews if body.kind is not None else ()):
            reviewing.setdefault((body.kind or "", reviewed), []).append(body)
    for (_, reviewed), groups in reviewing.items():
        for pair in overlapping([(body.start, body.until) for body in groups]):
            one, other = (groups[place] for place in pair)
            first, here = (("bodies", body.name, "reviews", body.reviews.index(reviewed)) for body in (one, other))
            what = f"both {one.name!r} and {other.name!r} review {reviewed!r} on the same days"
            mend = "let one of them end the day before the other begins, or name it in one of them"
            desk.report("reviewed-twice", here, what, mend, first=first)


def _after(shapes: Mapping[str, BodyShape] | Mapping[str, OrganisationShape]) -> dict[str, list[str]]:
    return {name: [shape.successor] if shape.successor else [] for name, shape in shapes.items()}


def _known(name: str | None, path: Path, what: str, known: Iterable[str], desk: Desk) -> None:
    known = tuple(known)
    if name is not None and name not in known:
        desk.unknown(f"unknown-{what}", path, (what, name), known, "define it in this file")


def _circle(rule: str, key: str, last: str, edges: Mapping[str, list[str]], desk: Desk) -> None:
    verb = "reports to" if last == "reports_to" else "is followed by"
    for circle in circles(edges):
        names = [name for name in edges if name in circle]
        listed = f" {verb} ".join(repr(name) for name in _walk(names[0], set(circle), edges))
        desk.report(rule, (key, names[0], last), f"this leads round in a circle: {listed}", "let one lead further")


def _walk(start: str, group: set[str], edges: Mapping[str, list[str]]) -> list[str]:
    """One way round, beginning and ending at `start`."""
    way, here, seen = [start], start, {start}
    while True:
        ahead = [name for name in edges[here] if name in group]
        here = start if start in ahead else next((name for name in ahead if name not in seen), start)
        way.append(here)
        if here == start:
            return way
        seen.add(here)
