"""Fields of a workflow: types, options from a scale or a list, defaults."""

from __future__ import annotations

from collections.abc import Mapping
from keyword import iskeyword

from qa_workflow.calendar import RESERVED
from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.faults import mend_name
from qa_workflow.definition.guards.functions import FUNCTIONS
from qa_workflow.definition.model import Field, FieldType, Option
from qa_workflow.definition.names import title_of
from qa_workflow.definition.shape.workflow import FieldShape
from qa_workflow.definition.text.source import Path

RESERVED_FIELDS = frozenset({"reason", "true", "false", *RESERVED, *FUNCTIONS})
"""Words that mean something else where a field could be named."""


def build_fields(shapes: Mapping[str, FieldShape] | None, release: str, desk: Desk) -> dict[str, Field]:
    """Every declared field; one whose values cannot be worked out keeps its type: nothing else falls with it.

    `release` is what a field says of that if it says nothing.
    """
    return {name: _field(name, shape, release, desk) for name, shape in (shapes or {}).items()}


def _field(name: str, shape: FieldShape, release: str, desk: Desk) -> Field:
    path: Path = ("fields", name)
    if name in RESERVED_FIELDS or iskeyword(name):
        desk.reserved(path, f"{name!r} means something else in rules and conditions")
    if shape.of is not None and shape.type is not FieldType.LIST:
        desk.report(
            "field-form",
            (*path, "of"),
            f"a field of type {shape.type.value} holds one value",
            "delete `of`, or make it a list",
        )
    if shape.of is FieldType.LIST:
        desk.report("field-form", (*path, "of"), "a list cannot hold lists", "say what its entries are, as `of: text`")
    if shape.words is not None and shape.type is not FieldType.TEXT:
        desk.report(
            "field-form", (*path, "words"), f"a field of type {shape.type.value} has no words", "delete `words`"
        )
    if shape.kind is not None:
        _kind(shape, (*path, "kind"), desk)
    field = Field(
        name=name,
        type=shape.type,
        label=shape.label or title_of(name),
        help=shape.help or "",
        options=_options(shape, path, desk),
        of=shape.of or FieldType.TEXT,
        kind=shape.kind,
        words=shape.words,
        default=shape.default,
        release=shape.release or release,
        erasable=bool(shape.erasable),
        disclosed_from=shape.disclosed_from,
    )
    if shape.default is not None and (mend := desk.value_fits(field, shape.default)):
        desk.report(
            "value-type", (*path, "default"), f"{shape.default!r} does not fit a field of type {shape.type.value}", mend
        )
    return field


def _kind(shape: FieldShape, path: Path, desk: Desk) -> None:
    if FieldType.ORGANISATION not in (shape.type, shape.of):
        what = f"a field of type {shape.type.value} names no organisations"
        desk.report("field-form", path, what, "delete `kind`, or make the field's type `organisation`", at_key=True)
    elif desk.governance is not None:
        kinds = desk.governance.kinds()
        if shape.kind not in kinds:
            named = ("kind of organisation", str(shape.kind))
            desk.unknown("unknown-kind", path, named, kinds, "give an organisation this `kind`")


def _options(shape: FieldShape, path: Path, desk: Desk) -> tuple[Option, ...]:
    given = shape.scale is not None or shape.options is not None
    if FieldType.CHOICE not in (shape.type, shape.of):
        if given:
            key = "scale" if shape.scale is not None else "options"
            is_list = shape.type is FieldType.LIST
            what = (
                f"a list of {(shape.of or FieldType.TEXT).value}" if is_list else f"a field of type {shape.type.value}"
            )
            mend = f"write `of: choice` for several to be ticked, or delete `{key}`"
            mend = mend if is_list else f"make it a choice, or delete `{key}`"
            desk.report("field-form", (*path, key), f"{what} has no {key}", mend, at_key=True)
        return ()
    if not given or (shape.scale is not None and shape.options is not None):
        what = "a choice has both a scale and options" if given else "a choice has nothing to choose from"
        desk.report(
            "choice-values",
            path,
            what,
            "give it a `scale` of the governance file, or `options` of its own",
            at_key=True,
        )
    if shape.scale is not None:
        return _scale(shape.scale, (*path, "scale"), desk)
    options = tuple(Option(o.value, o.title or title_of(o.value), o.meaning or "") for o in shape.options or ())
    desk.listed_twice((*path, "options"), (option.value for option in options))
    return options


def _scale(name: str, path: Path, desk: Desk) -> tuple[Option, ...]:
    if desk.governance is None:
        return ()
    scale = desk.governance.scales.get(name)
    if scale is None:
        known = tuple(desk.governance.scales)
        desk.report(
            "unknown-scale",
            path,
            f"scale {name!r} is not defined",
            mend_name(name, known, "define it in the governance file"),
        )
        return ()
    return scale.levels
