"""A definition's fields as inputs of a form: drawn by their types, read back as typed, refused each in its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import Field, FieldType, Option
from qa_workflow.engine import Item
from qa_workflow.engine.refusals import UnknownField
from qa_workflow.engine.values import EMPTY
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.items import attachments, filling
from qa_workflow.service.items.file_kinds import SUFFIXES
from qa_workflow.service.items.filling import Fieldset
from qa_workflow.service.items.inside import readable
from qa_workflow.service.items.patient_data import Doubt, doubts, mark
from qa_workflow.service.items.uploads import UploadLapsed
from qa_workflow.service.people import candidates
from qa_workflow.web.asking import Ask
from qa_workflow.web.days import PARTS, WrongDay, day_of
from qa_workflow.web.forms import Form

PREFIX = "field."
CONFIRMED = "no_patient"
DOUBTFUL = (FieldType.TEXT, FieldType.LIST, FieldType.DOCUMENT)
_LINES = "lines"
_TICKS = "ticks"
_SIMPLE = {
    FieldType.TEXT: "text",
    FieldType.CHOICE: "choice",
    FieldType.NUMBER: "number",
    FieldType.DATE: "date",
    FieldType.YES_NO: "yes_no",
    FieldType.DOCUMENT: "document",
    FieldType.PERSON: "select",
    FieldType.ORGANISATION: "select",
    FieldType.ITEM: "line",
}


@dataclass(frozen=True, slots=True)
class Input:
    """One field as it is drawn. `typed` is what stands in it, `error` what is wrong with that."""

    field: Field
    kind: str
    is_needed: bool
    typed: tuple[str, ...] = ()
    error: str = ""
    options: tuple[Option, ...] = ()
    documents: tuple[Mapping[str, Any], ...] = ()
    """Documents that the field holds, or will hold when the form is sent."""
    tickets: tuple[str, ...] = ()
    part: str = ""
    since: str = ""
    """Who filled in what stood there already, and when."""
    stands_in_the_way: bool = False

    @property
    def name(self) -> str:
        """In the form."""
        return self.part + PREFIX + self.field.name

    @property
    def id(self) -> str:
        """In the page: of its first box, where it has several."""
        return f"{self.part}field-{self.field.name}".replace(".", "-")

    @property
    def help(self) -> str:
        """What stands under its label: what is wanted, and whose what stands there is."""
        whose = f"{self.since[:1].upper()}{self.since[1:]}." if self.since else ""
        return f"{self.field.help} {whose}".strip()

    @property
    def text(self) -> str:
        """What stands in a box of one value."""
        return self.typed[0] if self.typed else ""

    @property
    def boxes(self) -> list[dict[str, Any]]:
        """Its options, to be ticked."""
        hints = [{"hint": {"text": option.meaning}} if option.meaning else {} for option in self.options]
        return [
            {"value": option.value, "text": option.title, "checked": option.value in self.typed, **hint}
            for option, hint in zip(self.options, hints, strict=True)
        ]

    @property
    def accepted(self) -> str:
        """What a browser offers to be chosen as a file."""
        return ",".join(SUFFIXES)

    @property
    def label(self) -> str:
        """With a word that says that it may stay as it is."""
        return self.field.label if self.is_needed or self.stands_in_the_way else f"{self.field.label} (optional)"

    @property
    def is_shown(self) -> bool:
        """Whether it is not folded away: something stands in it, or is wrong with it."""
        return any(self.typed) or bool(self.documents) or bool(self.error)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it came back: its inputs, what was given by field, and what looks like a patient's data."""

    inputs: tuple[Input, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    is_confirmed: bool = False

    @property
    def errors(self) -> list[dict[str, str]]:
        """For the error summary; nothing where nothing stands in the way of saving."""
        found = [{"text": each.error, "href": f"#{each.id}"} for each in self.inputs if each.error]
        if self.doubts and not self.is_confirmed:
            said = "Check whether a patient could be identified by what you typed or attached"
            found.append({"text": said, "href": "#no-patient"})
        return found

    @property
    def mark(self) -> str:
        """What a confirmation of these doubts says."""
        return mark(self.doubts)


@dataclass(frozen=True, slots=True)
class Matter:
    """What a form is about; no item where one is only being opened, and the one above where a sub-item is added.

    `part` is what the names of its fields begin with, where a form has several such parts; `since` says by field who
    filled in what stands there; `in_the_way` are fields because of whose values a step cannot be made as it stands.
    """

    workflow: Workflow
    item: Item | None = None
    part: str = ""
    since: Mapping[str, str] = field(default_factory=dict)
    in_the_way: Collection[str] = ()


def empty(ask: Ask, matter: Matter, fieldset: Fieldset, values: Mapping[str, Any]) -> Filled:
    """A form before anybody typed: what the item has already stands in it."""
    needed = {f.name for f in fieldset.needed}
    made = []
    for each in fieldset.fields:
        value = values.get(each.name)
        options = tuple(_options(ask, matter, each, value))
        since = matter.since.get(each.name, "") if value not in EMPTY else ""
        drawn = Input(
            each,
            _kind(each),
            each.name in needed,
            options=options,
            part=matter.part,
            since=since,
            stands_in_the_way=each.name in matter.in_the_way,
        )
        made.append(_with_value(drawn, value))
    return Filled(tuple(made))


def looked_through(ask: Ask, texts: Mapping[str, Any]) -> Filled:
    """Texts by their labels, looked through for a patient's data; and whether that was confirmed to be none."""
    found = tuple(doubts(texts))
    return Filled(doubts=found, is_confirmed=bool(found) and ask.form.text(CONFIRMED) == mark(found))


def read(
    ask: Ask, matter: Matter, fieldset: Fieldset, values: Mapping[str, Any], more: Mapping[str, str] | None = None
) -> Filled:
    """What was typed, judged field by field; `values` are what the item has, which need not be given again.

    Args:
        more: other texts of the form, such as its reason, that are looked through for a patient's data.
    """
    governance, workflow = ask.world.governance, matter.workflow
    fieldset = _with_sent(ask.form, matter, fieldset)
    inputs, given = [], {}
    for before in empty(ask, matter, fieldset, values).inputs:
        if before.kind == "document":
            after, value = _document(ask, before)
        else:
            after, value = _READERS.get(before.kind, _one)(ask.form, replace(before, typed=()))
        if not after.error and value != _plain(values.get(before.field.name)):
            given[before.field.name] = value
        inputs.append(after)
    wrong = filling.faults(workflow, {n: v for n, v in given.items() if v is not None}, governance)
    has = {**values, **given}
    inputs = [_judged(each, wrong, has.get(each.field.name)) for each in inputs]
    had = {each["sha256"] for each in attachments.documents_in(values)}
    new = readable(given, lambda each: attachments.bytes_of(ask.house, each) if each["sha256"] not in had else None)
    texts = {n: v for n, v in new.items() if workflow.fields[n].type in DOUBTFUL}
    filled = looked_through(ask, {**{workflow.fields[n].label: v for n, v in texts.items()}, **(more or {})})
    return replace(filled, inputs=tuple(inputs), given=given)


def needed_words(each: Field) -> str:
    """What is said where a field that is needed is empty."""
    what = each.label[:1].lower() + each.label[1:] if each.label[1:2].islower() else each.label
    match each.of if each.type is FieldType.LIST else each.type:
        case FieldType.CHOICE | FieldType.YES_NO | FieldType.PERSON | FieldType.ORGANISATION:
            return f"Choose: {what}"
        case FieldType.DOCUMENT:
            return f"Choose a file: {what}"
        case _:
            return f"Enter: {what}"


def _with_sent(form: Form, matter: Matter, fieldset: Fieldset) -> Fieldset:
    """A form that was open for a while may have fields that it would no longer have; what was typed there counts."""
    workflow, prefix = matter.workflow, matter.part + PREFIX
    names = {name.removeprefix(prefix).partition(".")[0] for name in form.names() if name.startswith(prefix)}
    for name in names:
        if name not in workflow.fields:
            raise UnknownField(name, tuple(workflow.fields))
    known = {each.name for each in fieldset.fields}
    late = tuple(each for each in workflow.fields.values() if each.name in names - known)
    return replace(fieldset, further=(*fieldset.further, *late))


def _judged(each: Input, wrong: Mapping[str, str], value: Any) -> Input:
    if each.error:
        return each
    if each.field.name in wrong:
        why = wrong[each.field.name]
        return replace(each, error=f"{each.field.label}: {why}")
    if each.is_needed and value in EMPTY:
        return replace(each, error=needed_words(each.field))
    return each


def _kind(each: Field) -> str:
    if each.type is not FieldType.LIST:
        return _SIMPLE[each.type]
    if each.of in (FieldType.CHOICE, FieldType.PERSON, FieldType.ORGANISATION):
        return _TICKS
    return "document" if each.of is FieldType.DOCUMENT else _LINES


def _options(ask: Ask, matter: Matter, each: Field, value: Any) -> Iterable[Option]:
    """What there is to choose from; whom or what the item names already stays among it, though it may have ended."""
    chosen, governance = value if isinstance(value, list) else [value], ask.world.governance
    match each.of if each.type is FieldType.LIST else each.type:
        case FieldType.CHOICE:
            return each.options
        case FieldType.YES_NO:
            return (Option("yes", "Yes"), Option("no", "No"))
        case FieldType.PERSON:
            offered = {
                person.name for person in candidates.for_field(ask.world, matter.workflow, matter.item, ask.today)
            }
            people = governance.people.values()
            return (Option(p.name, p.title) for p in people if p.name in offered or p.name in chosen)
        case FieldType.ORGANISATION:
            known = governance.organisations.values()
            offered = {o.name for o in known if each.kind in (None, o.kind) and o.is_active(ask.today)}
            return (Option(o.name, o.title) for o in known if o.name in offered or o.name in chosen)
        case _:
            return ()


def _with_value(each: Input, value: Any) -> Input:
    """An input with what the item has already."""
    if value is None:
        return each
    if each.kind == "document":
        return replace(each, documents=tuple(value if isinstance(value, list) else [value]))
    if each.kind == "date":
        on = date.fromisoformat(value)
        return replace(each, typed=(str(on.day), str(on.month), str(on.year)))
    if each.kind == "yes_no":
        return replace(each, typed=("yes" if value else "no",))
    return replace(each, typed=tuple(str(v) for v in value) if isinstance(value, list) else (str(value),))


def _plain(value: Any) -> Any:
    """A stored value as a reader below would give it, so that what was not changed is not given again."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return [_plain(v) for v in value] if isinstance(value, list) else value


Reading = tuple[Input, Any]


def _one(form: Form, each: Input) -> Reading:
    text = form.text(each.name)
    return replace(each, typed=(text,) if text else ()), text or None


def _yes_no(form: Form, each: Input) -> Reading:
    text = form.text(each.name)
    return replace(each, typed=(text,) if text else ()), {"yes": True, "no": False}.get(text, text or None)


def _many_lines(form: Form, each: Input) -> Reading:
    lines = [line.strip() for text in form.texts(each.name) for line in text.splitlines() if line.strip()]
    return replace(each, typed=tuple(lines)), lines or None


def _many_ticks(form: Form, each: Input) -> Reading:
    found = [text for text in form.texts(each.name) if text]
    return replace(each, typed=tuple(found)), found or None


def _date(form: Form, each: Input) -> Reading:
    typed = tuple(form.text(f"{each.name}.{part}") for part in PARTS)
    after = replace(each, typed=typed)
    try:
        day = day_of(typed, each.field.label)
    except WrongDay as fault:
        return replace(after, error=str(fault)), None
    return after, day.isoformat() if day is not None else None


def _document(ask: Ask, each: Input) -> Reading:
    """A file that was chosen; else one that came with the form before; else what the item has."""
    is_list = each.field.type is FieldType.LIST
    tickets = ask.form.texts(f"{each.name}.ticket")
    sent = [d for text in tickets if (d := attachments.read_ticket(ask.house, ask.name, text)) is not None]
    there = [d for d in sent if attachments.bytes_of(ask.house, d) is not None]
    error = "" if there == sent else f"{each.field.label}: {UploadLapsed()}"
    sent = there
    upload = ask.form.upload(each.name)
    if upload is not None:
        try:
            new = attachments.attach(ask.house, upload.name, upload.content)
            sent, error = ([*sent, new] if is_list else [new]), ""
        except (Refusal, UsageFault) as fault:
            error = str(fault)
    now = [*(each.documents if is_list else ()), *(d for d in sent if d not in each.documents)]
    carried = tuple(attachments.ticket(ask.house, ask.name, document) for document in sent)
    after = replace(each, error=error, documents=tuple(now) or each.documents, tickets=carried)
    if not sent:
        return after, (list(each.documents) if is_list else next(iter(each.documents), None)) or None
    return after, now if is_list else sent[-1]


_READERS: Mapping[str, Callable[[Form, Input], Reading]] = {
    "yes_no": _yes_no,
    "date": _date,
    _LINES: _many_lines,
    _TICKS: _many_ticks,
}
