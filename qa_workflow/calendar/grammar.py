"""The small grammar of due rules: English in, frozen rules out, and every fault with its columns and its remedy.

    rule      := AMOUNT UNIT DIRECTION anchor | "on" DAY MONTH [ "in period" | "after" anchor ] | anchor
    UNIT      := calendar days | working days | clear working days | FOI working days | weeks | months | years
               | hours | minutes
    DIRECTION := before | after | beginning with | ending with

Anchors are read in `anchor_grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from qa_workflow.calendar.anchor_grammar import read_anchor
from qa_workflow.calendar.anchors import ANCHOR_WORDS, NAME
from qa_workflow.calendar.faults import MOST, RuleFault, did_you_mean
from qa_workflow.calendar.kinds import DayKind
from qa_workflow.calendar.phrases import DIRECTION_SLIPS, EXAMPLE, LONGEST, NUMBER_WORDS, UNIT_SLIPS, Phrase
from qa_workflow.calendar.rules import MONTH_DAYS, Direction, FixedDay, Offset, Rule
from qa_workflow.calendar.words import MONTHS, listed

UNITS = {phrase.lower(): kind for kind in DayKind for phrase in (kind.value, kind.plural)}
DAY_KINDS = listed([kind.plural for kind in DayKind if kind.value.endswith("day")], "or")
DIRECTIONS = tuple(direction.value for direction in Direction)
_FIRST_WORDS = {direction.split()[0]: direction for direction in Direction}
_DAY = re.compile(r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}")
_BULLETS = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2022\u00b7*")
"""What word processors write before the entries of a list."""
_MONTHS = {month.lower(): number for number, month in enumerate(MONTHS, 1)}


def parse(text: str) -> Rule:
    """The rule that a text says; raises `RuleFault`."""
    if len(text) > LONGEST:
        raise RuleFault(
            text, LONGEST, len(text), f"a rule of {len(text):,} characters is too long", f"write it as '{EXAMPLE}'"
        )
    phrase = Phrase.of(text)
    if not phrase:
        raise RuleFault(text, 0, len(text), "the rule is empty", f"write it as '{EXAMPLE}' or 'on 30 April'")
    first = phrase.low(0)
    if phrase.low(1) == "was":  # a trigger or stage may have any name
        return read_anchor(phrase)
    if first == "on":
        return _fixed_day(phrase.part(1))
    if first.lstrip("+-").startswith(tuple("0123456789")) or (len(phrase) > 1 and first in NUMBER_WORDS):
        return _offset(phrase)
    if len(phrase) > 1:
        _refuse_odd_beginning(phrase)
    return read_anchor(phrase)


def _refuse_odd_beginning(phrase: Phrase) -> None:
    """A rule that starts with neither "on" nor a number, but is plainly no anchor, has lost its first word or more."""
    if phrase.words[0].raw in _BULLETS:
        raise phrase.part(0, 1).fault(
            f"'{phrase.words[0].raw}' is no mark of a list", "begin each entry with a hyphen and a space, as in '- …'"
        )
    if phrase.low(0) in _MONTHS and (number := re.fullmatch(r"([0-9]{1,2})(st|nd|rd|th)?,?", phrase.low(1))):
        mend = f"write 'on {number[1]} {MONTHS[_MONTHS[phrase.low(0)] - 1]}'"
        raise phrase.part(0, 2).fault("a fixed day begins with 'on', and the day comes before the month", mend)
    if phrase.low(1).isdecimal():
        is_day = phrase.low(2) in _MONTHS
        raise phrase.part(0, 1).fault(
            f"a rule cannot begin with '{phrase.words[0].raw}'",
            "a fixed day is written 'on 30 April'" if is_day else f"begin with the number, as in '{EXAMPLE}'",
        )
    says_unit = get_close_matches(str(phrase.part(0, 2)), UNITS, n=1, cutoff=0.8)
    says_offset = says_unit or any(word.low in _FIRST_WORDS or word.low in UNITS for word in phrase.words)
    if says_offset:
        raise phrase.fault("the amount is missing", f"begin with a number, as in '{EXAMPLE}'")


def _offset(phrase: Phrase) -> Offset:
    amount = _amount(phrase.part(0, 1), phrase)
    unit, rest = _unit(phrase.part(1), amount)
    direction, anchor = _direction(rest, f"{phrase.words[0].raw} {unit.counted(amount).split(' ', 1)[1]}")
    said = rest.part(0, len(rest) - len(anchor))
    if direction.is_inclusive and unit.is_elapsed:
        raise said.fault(f"{unit.plural} have no day of the anchor to count", "say 'before' or 'after'")
    if direction.is_inclusive and unit is DayKind.CLEAR_WORKING:
        raise said.fault(
            "clear working days leave the anchor's own day out",
            f"say 'working days {direction}', or 'after' or 'before'",
        )
    return Offset(amount, unit, direction, read_anchor(anchor, after=direction))


def _amount(word: Phrase, phrase: Phrase) -> int:
    raw, low = word.raw, word.low(0)
    if low in NUMBER_WORDS:
        raise word.fault(f"'{raw}' is not in figures", f"write '{NUMBER_WORDS[low]}'")
    if re.fullmatch(r"-\d+", raw):
        raise word.fault("an amount cannot be negative", "leave the minus out, for 'before' and 'after' say which way")
    if re.fullmatch(r"\d{1,3}(,\d{3})+", raw):
        raise word.fault(f"'{raw}' is not a whole number", f"write '{raw.replace(',', '')}'")
    if phrase.low(1) in _MONTHS:
        number = re.match(r"[0-9]*", raw)
        mend = f"write 'on {number[0] if number else raw} {phrase.words[1].raw}'"
        raise phrase.part(0, 2).fault("a fixed day begins with 'on'", mend)
    if _DAY.fullmatch(raw):
        mend = "write a day of each year as 'on 30 April', or name a field of type `date`"
        raise word.fault(f"'{raw}' is one day, and a rule holds for every item", mend)
    if not re.fullmatch(r"[0-9]+", raw):
        raise word.fault(f"'{raw}' is not a whole number", f"begin with a number in figures, as in '{EXAMPLE}'")
    digits = raw.lstrip("0")
    if not digits:
        raise word.fault(
            "an amount of 0 moves nothing", "for the anchor's own day, write the anchor alone, as in 'entry'"
        )
    if len(digits) > len(str(MOST)) or int(digits) > MOST:
        raise word.fault(f"the amount is above {MOST:,}", "use a smaller amount, or a larger unit")
    return int(digits)


def _unit(phrase: Phrase, amount: int) -> tuple[DayKind, Phrase]:
    """The unit at the beginning of a phrase, and what comes after it."""
    for length in (3, 2, 1):
        unit = UNITS.get(str(phrase.part(0, length)))
        if unit and len(phrase) >= length:
            return unit, phrase.part(length)
    ends = (place for place, word in enumerate(phrase.words) if word.low in _FIRST_WORDS or word.low in DIRECTION_SLIPS)
    said = phrase.part(0, min(next(ends, 3), 3))
    if not said:
        raise phrase.part(0, 1 if phrase else None).fault(
            "the unit is missing", f"say which days, and from when, as in '{amount} working days after entry'"
        )
    if said.low(0) in {"day", "days"}:
        from_when = "" if len(phrase) > 1 else f", and from when, as in '{amount} working days after entry'"
        raise said.part(0, 1).fault(f"'{said.words[0].raw}' does not say which kind", f"say {DAY_KINDS}{from_when}")
    if str(said.part(0, 2)).removesuffix("s") in ("working hour", "office hour", "business hour"):
        mend = "say 'hours', of which nights count too, or give a working day its time of day with `at`, as \"12:00\""
        raise said.part(0, 2).fault(f"'{said.part(0, 2).raw}' are not counted", mend)
    for length in (3, 2, 1):
        slip = UNIT_SLIPS.get(str(said.part(0, length)).removesuffix("s"))
        if slip:
            mend = f"did you mean '{_agreeing(slip, amount)}'?"
            raise said.part(0, length).fault(f"unknown unit '{said.part(0, length).raw}'", mend)
    units = [_agreeing(kind, amount) for kind in DayKind]
    raise said.fault(f"unknown unit '{said.raw}'", did_you_mean(str(said), units, f"use one of: {listed(units, 'or')}"))


def _agreeing(unit: DayKind, amount: int) -> str:
    """The unit in the singular or plural, as the amount asks."""
    return unit.value if amount == 1 else unit.plural


def _direction(phrase: Phrase, so_far: str) -> tuple[Direction, Phrase]:
    """The direction at the beginning of a phrase, and what comes after it."""
    if not phrase:
        raise phrase.fault(f"'{so_far}' does not say from when", "add a direction and an anchor, as in 'after entry'")
    first, word = phrase.low(0), phrase.part(0, 1)
    direction = _FIRST_WORDS.get(first)
    if direction is None:
        mend = _near_direction(first, _FIRST_WORDS)
        raise word.fault(f"'{word.raw}' stands where a direction should", mend)
    if direction.is_inclusive and phrase.low(1) != "with":
        raise word.fault(f"'{word.raw}' lacks its 'with'", f"say '{direction}'")
    return direction, phrase.part(2 if direction.is_inclusive else 1)


def _near_direction(word: str, known: Iterable[str]) -> str:
    if word in DIRECTION_SLIPS:
        return f"say '{DIRECTION_SLIPS[word]}'"
    return did_you_mean(word, known, f"say {listed(DIRECTIONS, 'or')}")


def _fixed_day(phrase: Phrase) -> FixedDay:
    """What follows "on"."""
    _refuse_odd_days(phrase)
    day, month = phrase.part(0, 1), phrase.part(1, 2)
    if not month:
        raise month.fault("the month is missing", f"write it as 'on {day.raw} April'")
    if month.low(0) not in _MONTHS:
        short = [name for name in MONTHS if name.lower().startswith(month.low(0).rstrip("."))]
        whole = did_you_mean(month.low(0), MONTHS, "write its name out, from January to December")
        raise month.fault(f"'{month.raw}' is not a month", f"did you mean '{short[0]}'?" if short else whole)
    number = _MONTHS[month.low(0)]
    _refuse_impossible_day(phrase.part(0, 2), day.raw, number)
    rest = phrase.part(2)
    if not rest:
        return FixedDay(int(day.raw), number)
    if str(rest) == "in period":
        return FixedDay(int(day.raw), number, in_period=True)
    if rest.low(0) == "after":
        return FixedDay(int(day.raw), number, after=read_anchor(rest.part(1), after="after"))
    if re.fullmatch(r"\d{4}", rest.low(0)):
        raise rest.part(0, 1).fault("a rule holds for every year", f"leave '{rest.words[0].raw}' out")
    raise rest.fault(f"'{rest.raw}' cannot follow a fixed day", "say 'in period', or 'after' and an anchor, or nothing")


def _refuse_odd_days(phrase: Phrase) -> None:
    day, month = phrase.part(0, 1), phrase.low(1)
    if not phrase:
        raise phrase.fault("the day is missing", "write it as 'on 30 April'")
    if re.fullmatch(r"[0-9]{1,9}", day.raw):
        return
    if phrase.low(0) in _MONTHS and re.fullmatch(r"[0-9]{1,2}", month):
        raise phrase.part(0, 2).fault("the day comes before the month", f"write 'on {month} {day.raw}'")
    ordinal = re.fullmatch(r"([0-9]{1,2})(st|nd|rd|th|\.)", phrase.low(0))
    if ordinal:
        raise day.fault(f"'{day.raw}' is not a day of the month", f"write '{ordinal[1]}'")
    if str(phrase) in ANCHOR_WORDS or (len(phrase) == 1 and NAME.fullmatch(day.raw)):
        raise phrase.fault(
            f"'{phrase.raw}' is not a day of the month", f"for the very day of it, write '{phrase.raw}' alone"
        )
    raise day.fault(
        f"'{day.raw}' is not a day of the month", "write the day in figures and the month in words, as in 'on 30 April'"
    )


def _refuse_impossible_day(said: Phrase, day: str, month: int) -> None:
    most, name, following = MONTH_DAYS[month - 1], MONTHS[month - 1], MONTHS[month % 12]
    if 1 <= int(day) <= most:
        return
    if (int(day), month) == (29, 2):
        raise said.fault("29 February comes only in leap years", "use 28 February or 1 March")
    raise said.fault(
        f"there is no {int(day)} {name}", f"use {most} {name} or 1 {following}" if int(day) else f"use 1 {name}"
    )
