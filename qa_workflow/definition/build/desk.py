"""What every part of building needs: to report a fault at its place, to turn a name or phrase into what it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qa_workflow.definition.build.phrases import body_phrase, day_of, who_phrase
from qa_workflow.definition.faults import called, mend_name, several
from qa_workflow.definition.governance import Governance
from qa_workflow.definition.guards.compiling import compile_guard
from qa_workflow.definition.guards.parts import Scope
from qa_workflow.definition.model import SUBJECT, BodyRef, Field, FieldType, Guard, Who, either
from qa_workflow.definition.names import Names
from qa_workflow.definition.text.source import Path, Source

NOBODY = Who()
_OF_NAMES = ("unknown-", "guard-name")
"""What rules begin with by which a name is not known."""


class Desk:
    """One file being built. Where `governance` is None its names are taken on trust."""

    def __init__(self, source: Source, governance: Governance | None) -> None:
        self.source = source
        self.governance = governance
        self.fields: Mapping[str, Field] = {}
        self.triggers = Names(())
        self.places = Names(())
        self.branches = Names(())
        self._who: dict[tuple[str, ...], Who] = {}
        self._guards: dict[str, Guard] = {}
        self.asked: list[tuple[str, Path]] = []
        """Conditions of this file's own items, and where each is written."""
        self.guessed: dict[str, set[str]] = {}
        """Where stages lead by names that are not defined: to what was probably meant."""
        self.lost: set[str] = set()
        """Stages that lead where nobody can tell."""
        self.has_lost_a_guard = False
        """A condition could not be compiled; whatever it guards would be open."""
        self.scope = Scope({})
        self.roles = tuple(governance.roles) if governance else None

    def knows_ways(self, stage: str) -> bool:
        """Whether each way out of a stage was understood; else nothing follows from one that is not there."""
        return stage not in self.guessed and stage not in self.lost

    def report(
        self,
        rule: str,
        path: Path,
        what: str,
        mend: str,
        offset: int = 0,
        *,
        at_key: bool = False,
        first: Path | None = None,
    ) -> None:
        """A fault at the value (or the key) written at a path; none of a name whose own part could not be read."""
        if rule.startswith(_OF_NAMES) and any(repr(name) in what for name in self.source.lost):
            return
        place = self.source.key(path) if at_key else self.source.value(path, offset)
        self.source.faults.add(rule, place, what, mend, self.source.key(first) if first else None)

    def reserved(self, path: Path, what: str) -> None:
        """A name, the key at a path, that means something else in these files."""
        self.report("reserved-name", path, what, "use another name", at_key=True)

    def listed_twice(self, path: Path, values: Iterable[str]) -> None:
        """Each value of the list at a path that stands further up in it, too."""
        seen: dict[str, int] = {}
        for number, value in enumerate(values):
            first = seen.setdefault(value, number)
            if first != number:
                what = f"the value {value!r} is listed twice"
                self.report("option-twice", (*path, number), what, "delete one of them", first=(*path, first))

    def unknown(
        self,
        rule: str,
        path: Path,
        named: tuple[str, str],
        known: Iterable[str],
        otherwise: str,
        *,
        offset: int = 0,
        at_key: bool = False,
    ) -> None:
        """A name that is not defined (what it should name, and the name), with the one that was probably meant."""
        what, name = named
        known, titled = tuple(known), self.source.titled(name)
        mend = f"write {titled!r}, of which this is the title" if titled in known else mend_name(name, known, otherwise)
        self.report(rule, path, f"{what} {name!r} is not defined", mend, offset, at_key=at_key)

    def who(self, phrases: Sequence[str] | None, path: Path) -> Who:
        """Several who phrases together. What was understood once is not worked out again."""
        if not phrases:
            return NOBODY
        key = tuple(phrases)
        if key not in self._who:
            before = len(self.source.faults)
            together = either(self._one(text, (*path, number)) for number, text in enumerate(phrases))
            if len(self.source.faults) > before:
                return together
            self._who[key] = together
        return self._who[key]

    def _one(self, text: str, path: Path) -> Who:
        phrase = who_phrase(text)
        if phrase is None:
            roles = self.governance.roles if self.governance else {}
            meant = called(text, {name: [role.title] for name, role in roles.items()})
            did = text.rpartition(" ")[2] if self.triggers.find(text.rpartition(" ")[2]) else None
            mend = f"write {meant}" if meant else f"write `whoever did {did}`" if did else several(text, roles)
            mend = mend or "write a role, `whoever did TRIGGER`, `person in FIELD` or `anyone`"
            self.report("who-phrase", path, f"{text!r} does not say who", mend)
            return NOBODY
        if phrase.role is not None:
            field = self.fields.get(phrase.role)
            meant = f"whoever did {phrase.role}" if self.triggers.find(phrase.role) else None
            meant = f"person in {phrase.role}" if field is not None and field.type is FieldType.PERSON else meant
            self.role(phrase.role, path, meant)
            return Who(roles=(phrase.role,))
        if phrase.did is not None:
            found = self.triggers.find(phrase.did)
            if not found:
                known = self.triggers.known
                named = ("step", phrase.did)
                self.unknown("unknown-trigger", path, named, known, "name a step", offset=phrase.offset)
            return Who(did=found)
        if phrase.field is not None:
            field = self.field(phrase.field, path, phrase.offset)
            if field is not None and field.type is not FieldType.PERSON:
                what = f"field {phrase.field!r} holds {field.type.value}, and not a person"
                self.report("field-type", path, what, "name a field of type `person`", phrase.offset)
            return Who(fields=(phrase.field,))
        return Who(anyone=True)

    def role(self, name: str, path: Path, meant: str | None = None) -> bool:
        """Whether the role exists; if not, that is reported, with the phrase that was probably meant."""
        if self.roles is None or name in self.roles:
            return True
        if meant is not None:
            self.report("unknown-role", path, f"{name!r} is not a role", f"did you mean `{meant}`?")
            return False
        self.unknown("unknown-role", path, ("role", name), self.roles, "define it in the governance file")
        return False

    def calendar(self, name: str | None, path: Path) -> None:
        """Report a calendar that does not exist."""
        if name is not None and self.governance is not None and name not in self.governance.calendars:
            known = self.governance.calendars
            self.unknown("unknown-calendar", path, ("calendar", name), known, "define it in the governance file")

    def role_list(self, names: Sequence[str] | None, path: Path) -> tuple[str, ...]:
        """Roles alone, where no other who phrase makes sense."""
        return tuple(name for number, name in enumerate(names or ()) if self.role(name, (*path, number)))

    def field(
        self, name: str, path: Path, offset: int = 0, *, at_key: bool = False, beside: Iterable[str] = ()
    ) -> Field | None:
        """The declared field; if there is none, that is reported. `beside`: what may stand there too."""
        field = self.fields.get(name)
        if field is None:
            meant = called(name, {known: [each.label] for known, each in self.fields.items()})
            meant = f"write {meant}" if meant else several(name, (*self.fields, *beside))
            mend = meant or mend_name(name, tuple(self.fields), "declare it under `fields`")
            self.report("unknown-field", path, f"field {name!r} is not declared", mend, offset, at_key=at_key)
        return field

    def guard(self, text: str | None, path: Path, scope: Scope | None = None) -> Guard | None:
        """The compiled condition; its faults are reported at their place within the text."""
        if text is None:
            return None
        if scope is None:
            self.asked.append((text, path))
        if scope is None and text in self._guards:
            return self._guards[text]
        guard, notes = compile_guard(text, scope or self.scope)
        for note in notes:
            self.report(note.rule, path, note.what, note.mend, note.offset)
        self.has_lost_a_guard |= guard is None
        if scope is None and guard is not None and not notes:
            self._guards[text] = guard
        return guard

    def foreign_guard(self, text: str | None, path: Path) -> Guard | None:
        """A condition on the items of another workflow, whose fields are looked at when that one is at hand."""
        return self.guard(text, path, Scope({}, open=True))

    def body(self, text: str | None, path: Path, has_subject: bool, offset: int = 0) -> BodyRef | None:
        """A body, or the body of a kind that reviews the subject."""
        if text is None:
            return None
        ref = body_phrase(text)
        if ref is None:
            bodies = self.governance.bodies if self.governance else {}
            meant = called(text, {name: [body.title, *body.aliases] for name, body in bodies.items()})
            mend = f"write {meant}" if meant else "write its identifier, or `KIND for subject`"
            self.report("body-phrase", path, f"{text!r} does not name a body", mend, offset)
            return None
        if ref.for_subject and not has_subject:
            mend = "give the workflow a `subject`, or name one body"
            self.report("no-subject", path, "items of this workflow have no subject", mend, offset)
        self._body_exists(ref, path, offset)
        return ref

    def _body_exists(self, ref: BodyRef, path: Path, offset: int) -> None:
        if self.governance is None:
            return
        bodies = self.governance.bodies
        kinds = sorted({body.kind for body in bodies.values() if body.kind})
        if ref.name in (kinds if ref.for_subject else bodies):
            return
        if ref.for_subject:
            named = ("kind of body", ref.name)
            self.unknown("unknown-body", path, named, kinds, "give bodies this `kind`", offset=offset)
            return
        mend = f"did you mean `{ref.name} for subject`?" if ref.name in kinds else None
        mend = mend or mend_name(ref.name, tuple(bodies), "define it in the governance file")
        self.report("unknown-body", path, f"body {ref.name!r} is not defined", mend, offset)

    def entries(self, each: str | None, into: str | None, path: Path) -> None:
        """Report a list that sub-items are opened for, if it is none, and `into` without one."""
        field = self.field(each, (*path, "each")) if each is not None else None
        if field is not None and field.type is not FieldType.LIST:
            what = f"field {each!r} is {field.type.value}, and not a list"
            self.report("field-type", (*path, "each"), what, "name a field of type `list`")
        elif field is not None and into == SUBJECT and field.of is not FieldType.ORGANISATION:
            what = f"entries of {each!r} are {field.of.value}, and a sub-item is about an organisation"
            self.report("field-type", (*path, "each"), what, f"write `of: organisation` at {each!r}")
        if into is not None and each is None:
            what = "`into` receives an entry of a list, and there is no `each`"
            self.report("sub-item-field", (*path, "into"), what, "add `each`, or delete `into`", at_key=True)

    def copies(self, mapping: Mapping[str, str] | None, path: Path) -> tuple[tuple[str, str], ...]:
        """Pairs of the other item's field and this item's field; only this one's are known here."""
        for target, name in (mapping or {}).items():
            self.field(name, (*path, target))
        return tuple((mapping or {}).items())

    def value_fits(self, field: Field, value: Any) -> str | None:
        """None if a fixed value fits a field, else what would."""
        match field.type:
            case FieldType.YES_NO:
                return None if isinstance(value, bool) else "write true or false"
            case FieldType.NUMBER:
                return None if _is_number(value) else "write a number"
            case FieldType.DATE:
                return None if value == "today" or _is_day(value) else "write a day as 2027-04-30, or `today`"
            case FieldType.CHOICE:
                known = [option.value for option in field.options]
                return None if value in known else mend_name(str(value), known)
            case FieldType.TEXT:
                return None if isinstance(value, str) else "put it in quotes"
            case FieldType.ORGANISATION:
                organisations = self.governance.organisations.values() if self.governance else ()
                known = [o.name for o in organisations if field.kind in (None, o.kind)] or [str(value)]
                return None if value in known else mend_name(str(value), known)
            case FieldType.PERSON:
                known = list(self.governance.people) if self.governance and self.governance.people else [str(value)]
                return None if value in known else mend_name(str(value), known)
            case _:
                return "leave it out: this type has no fixed values"


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return True
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", str(value)) is not None


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and day_of(value) is not None
