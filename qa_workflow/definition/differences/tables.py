"""Comparing two values attribute by attribute: for each class a table says of what weight a change of each one is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from qa_workflow.definition.differences.difference import Difference, Weight
from qa_workflow.definition.differences.words import quoted, words
from qa_workflow.definition.model import Who


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its path, how sentences call it, and the roles for whom an ease is a gain."""

    where: str
    name: str
    doers: tuple[str, ...] = ()


Teller = Callable[[Place, Any, Any], Iterator[Difference]]
Table = Mapping[str, Teller]


def compared(table: Table, place: Place, before: Any, after: Any) -> Iterator[Difference]:
    """Every attribute that is another; one that no table knows is told all the same."""
    for found in fields(after):
        old, new = getattr(before, found.name), getattr(after, found.name)
        if found.compare and not found.name.startswith("_") and old != new:
            yield from table.get(found.name, changed(Weight.TEXT, found.name.replace("_", " ")))(place, old, new)


def changed(weight: Weight, label: str) -> Teller:
    """It is now this, and was that."""

    def tell(place: Place, old: Any, new: Any) -> Iterator[Difference]:
        yield Difference(weight, place.where, f"{place.name}: {label} is now {words(new)}; it was {words(old)}.")

    return tell


def entries(weight: Weight, one: str = "", when: str = "") -> Teller:
    """Entries of a list, each with its own words: those that are gone, and those that are new.

    Args:
        one: what an entry is, where its words do not say it.
        when: on what occasion, where the place has several such lists.
    """
    said_of_one = f"{one} " if one else ""

    def tell(place: Place, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Difference]:
        gone = [f"the {said_of_one}{words(entry)} is gone" for entry in old if entry not in new]
        fresh = [f"there is a new {said_of_one}{words(entry)}" for entry in new if entry not in old]
        for said in [*gone, *fresh] or [f"each {one or 'entry'} stays, in another order or number"]:
            yield Difference(weight, place.where, f"{place.name}{f', {when}' if when else ''}: {said}.")

    return tell


def nothing(_: Place, __: Any, ___: Any) -> Iterator[Difference]:
    """Told elsewhere, or part of how the value is called."""
    return iter(())


def people(weight_of_more: Weight, verb: str, label: str) -> Teller:
    """Who may: those who newly may, and those who no longer may, each by themselves."""

    def tell(place: Place, old: Who, new: Who) -> Iterator[Difference]:
        for name, roles in _beyond(new, old):
            yield Difference(weight_of_more, place.where, f"{name} may newly {verb} {place.name}.", roles=roles)
        for name, _ in _beyond(old, new):
            yield Difference(Weight.MAY_NOT, place.where, f"{name} may no longer {verb} {place.name}.")
        if set(_beyond(old, new)) == set(_beyond(new, old)) == set():
            yield Difference(Weight.TEXT, place.where, f"{place.name}: {label} are named in another order.")

    return tell


def _beyond(more: Who, less: Who) -> list[tuple[str, tuple[str, ...]]]:
    """Whom one names and the other does not, with the role where it is one."""
    if less.anyone and not more.anyone:
        return []
    found: list[tuple[str, tuple[str, ...]]] = [(role, (role,)) for role in more.roles if role not in less.roles]
    found += [(f"Whoever did {path}", ()) for path in more.did if path not in less.did]
    found += [(f"The person in {name}", ()) for name in more.fields if name not in less.fields]
    return [*found, *([("Anyone", ())] if more.anyone and not less.anyone else [])]


def excluded(place: Place, old: Who, new: Who) -> Iterator[Difference]:
    """Four eyes: whom a step is not for."""
    for name, roles in _beyond(old, new):
        yield Difference(
            Weight.MAY,
            place.where,
            f"{name} is no longer kept from {place.name}: what took a second person can be done by one.",
            roles=roles or place.doers,
        )
    for name, _ in _beyond(new, old):
        yield Difference(Weight.MAY_NOT, place.where, f"{name} may no longer do {place.name}; a second person has to.")
    if not _beyond(old, new) and not _beyond(new, old):
        yield Difference(Weight.TEXT, place.where, f"{place.name}: those it is not for are named in another order.")


def asked(label: str) -> Teller:
    """Names that are asked for: fewer eases, more is stricter."""

    def tell(place: Place, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Difference]:
        for name in old:
            if name not in new:
                yield Difference(Weight.EASED, place.where, f"{place.name} no longer {label} {quoted(name)}.")
        for name in new:
            if name not in old:
                yield Difference(Weight.MAY_NOT, place.where, f"{place.name} now {label} {quoted(name)}.")
        if set(old) == set(new):
            yield Difference(Weight.TEXT, place.where, f"{place.name} {label} the same in another order.")

    return tell


def bound(label: str, *, is_looser: Callable[[Any, Any], bool]) -> Teller:
    """A condition or limit; looser eases, stricter does not."""

    def tell(place: Place, old: Any, new: Any) -> Iterator[Difference]:
        weight = Weight.EASED if is_looser(old, new) else Weight.MAY_NOT
        if old is None:
            said = f"{place.name}: {label} is now {words(new)}; there was none."
        elif new is None:
            said = f"{place.name}: there is no {label} any more; it was {words(old)}."
        else:
            said = f"{place.name}: {label} is now {words(new)}; it was {words(old)}."
        yield Difference(weight, place.where, said)

    return tell


def condition(old: Any, new: Any) -> bool:
    """Whether a condition may let more pass: any other one may, and none does; only a new one is stricter."""
    del new
    return old is not None


def inner(table: Table, label: str, weight: Weight) -> Teller:
    """A value with attributes of its own, which may be left out."""

    def tell(place: Place, old: Any, new: Any) -> Iterator[Difference]:
        if old is None or new is None:
            yield from changed(weight, label)(place, old, new)
        else:
            yield from compared(table, Place(place.where, f"{place.name}, {label}", place.doers), old, new)

    return tell


def each(table: Table, label: Callable[[Any], str], weight: Weight) -> Teller:
    """Values by name: those that are gone, that are new, and that are other."""

    def tell(place: Place, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
        for key in old:
            if key not in new:
                yield Difference(weight, f"{place.where}.{key}", f"{place.name}: {label(old[key])} is gone.")
        for key, found in new.items():
            where = f"{place.where}.{key}" if place.where else key
            if key not in old:
                yield Difference(weight, where, f"{place.name}: {label(found)} is new: {words(found)}.")
            elif old[key] != found:
                yield from compared(table, Place(where, label(found), place.doers), old[key], found)

    return tell
