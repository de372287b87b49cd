"""Reading an anchor: "entry", "period end", "meeting of cqrg for subject", a field, "accuracy.check was done".

anchor := entry | opening | due | period start | period end | meeting [of BODY] | papers [of BODY] | FIELD
        | PATH "was done" | PATH "was entered" | PATH "was left"
BODY   := NAME [ "for subject" ]
"""

from __future__ import annotations

from qa_workflow.calendar.anchors import ANCHOR_WORDS, HAPPENINGS, NAME, PATH, RESERVED, Anchor, AnchorKind
from qa_workflow.calendar.faults import did_you_mean
from qa_workflow.calendar.phrases import Phrase
from qa_workflow.calendar.words import listed

_ALONE = {kind.value: kind for kind in (AnchorKind.ENTRY, AnchorKind.OPENING, AnchorKind.DUE)}
_OF_A_BODY = {kind.value: kind for kind in AnchorKind if kind.has_body}
_PERIODS = {kind.value: kind for kind in (AnchorKind.PERIOD_START, AnchorKind.PERIOD_END)}
_HAPPENED = {kind.value.removeprefix("was "): kind for kind in HAPPENINGS}
_ANY = f"use {listed([*ANCHOR_WORDS, 'the name of a field'], 'or')}"


def read_anchor(phrase: Phrase, after: str = "") -> Anchor:
    """The anchor that a whole phrase says; `after` is the word that asked for it. Raises `RuleFault`."""
    if not phrase:
        raise phrase.fault(f"the anchor after '{after}' is missing", _ANY)
    first = phrase.low(0)
    if phrase.low(1) == "was":
        return _happening(phrase)
    if first == "period":
        return _period(phrase)
    if first in _OF_A_BODY:
        return _of_a_body(phrase)
    if first in _ALONE:
        return _whole(phrase, 1, Anchor(_ALONE[first], start=phrase.start, end=phrase.part(0, 1).end))
    return _field(phrase)


def _happening(phrase: Phrase) -> Anchor:
    path, verb = phrase.part(0, 1), phrase.part(2, 3)
    _check_name(path, "the path of a trigger or stage", dotted=True)
    kind = _HAPPENED.get(verb.low(0))
    if kind is None:
        happened = listed([f"'was {word}'" for word in _HAPPENED], "or")
        if not verb:
            raise phrase.part(1, 2).fault(f"'{path.raw} was' does not say what", f"say {happened}")
        raise verb.fault(f"'was {verb.raw}' is not known", did_you_mean(verb.low(0), _HAPPENED, f"say {happened}"))
    return _whole(phrase, 3, Anchor(kind, path.raw, start=path.start, end=verb.end))


def _period(phrase: Phrase) -> Anchor:
    kind = _PERIODS.get(str(phrase.part(0, 2)))
    if kind is None:
        said = phrase.part(0, 2)
        raise said.fault(f"'{said.raw}' does not say which end", "say 'period start' or 'period end'")
    return _whole(phrase, 2, Anchor(kind, start=phrase.start, end=phrase.part(0, 2).end))


def _of_a_body(phrase: Phrase) -> Anchor:
    kind = _OF_A_BODY[phrase.low(0)]
    if phrase.low(1) != "of":
        return _whole(phrase, 1, Anchor(kind, start=phrase.start, end=phrase.part(0, 1).end))
    body = phrase.part(2, 3)
    if not body:
        raise phrase.part(1, 2).fault(f"'{kind} of' does not say of which body", f"name it, as in '{kind} of cqrg'")
    _check_name(body, "a body")
    for_subject = str(phrase.part(3, 5)) == "for subject"
    length = 5 if for_subject else 3
    if phrase.low(3) == "for" and not for_subject:
        raise phrase.part(3).fault(f"'{phrase.part(3).raw}' is not known after a body", "say 'for subject', or nothing")
    anchor = Anchor(kind, "", body.raw, for_subject, start=phrase.start, end=phrase.part(0, length).end)
    return _whole(phrase, length, anchor)


def _field(phrase: Phrase) -> Anchor:
    name = phrase.part(0, 1)
    if len(phrase) > 1:
        if name.low(0) == "the":
            raise name.fault("an anchor is written without 'the'", f"write '{phrase.part(1).raw}'")
        raise phrase.fault(f"'{phrase.raw}' is not an anchor", did_you_mean(str(phrase), ANCHOR_WORDS, _ANY))
    _check_name(name, "a field", dotted=True)
    if "." in name.raw:
        happened = listed([f"'{name.raw} was {word}'" for word in _HAPPENED], "or")
        raise name.fault(f"'{name.raw}' does not say what happened to it", f"say {happened}")
    if name.raw in RESERVED:
        raise name.fault(f"'{name.raw}' is a word of the grammar and no field", _ANY)
    return Anchor(AnchorKind.FIELD, name.raw, start=name.start, end=name.end)


def _check_name(word: Phrase, of_what: str, *, dotted: bool = False) -> None:
    shape = PATH if dotted else NAME
    if shape.fullmatch(word.raw):
        return
    if shape.fullmatch(word.low(0)):
        raise word.fault(f"'{word.raw}' has capital letters", f"names are in small letters: '{word.low(0)}'")
    close = did_you_mean(
        word.low(0).replace("-", " "), ANCHOR_WORDS, "use small letters, digits and '_', a letter first"
    )
    raise word.fault(f"'{word.raw}' is not the name of {of_what.removeprefix('the name of ')}", close)


def _whole(phrase: Phrase, length: int, anchor: Anchor) -> Anchor:
    """The anchor, if it takes up the whole phrase."""
    rest = phrase.part(length)
    if not rest:
        return anchor
    mend = f"end the rule after '{anchor}'"
    if rest.low(0) in {"at", "by"}:
        mend += ', and write a time of day by itself, as at: "12:00"'
    raise rest.fault(f"'{rest.raw}' cannot follow '{anchor}'", mend)
