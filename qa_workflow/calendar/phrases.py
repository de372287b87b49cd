"""A text as its words, each with its columns, and the likely slips in writing a rule. What the grammar reads with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from qa_workflow.calendar.faults import RuleFault
from qa_workflow.calendar.kinds import DayKind

LONGEST = 300
EXAMPLE = "5 working days after entry"

DIRECTION_SLIPS = {
    "from": "after", "since": "after", "following": "after", "past": "after", "later": "after",
    "until": "before", "prior": "before", "preceding": "before", "earlier": "before", "ahead": "before",
    "starting": "beginning with", "including": "beginning with", "finishing": "ending with",
}  # fmt: skip
"""What people write for a direction, and the word that the grammar has."""

UNIT_SLIPS = {
    "clear day": DayKind.CLEAR_WORKING,
    "clear business day": DayKind.CLEAR_WORKING,
    "business day": DayKind.WORKING,
    "operational day": DayKind.WORKING,
    "weekday": DayKind.WORKING,
    "week day": DayKind.WORKING,
    "foi day": DayKind.FOI_WORKING,
    "consecutive day": DayKind.CALENDAR,
    "hr": DayKind.HOUR,
    "min": DayKind.MINUTE,
}
"""What people write for a unit that similarity of spelling would not find, or would take for another."""

NUMBER_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip


class Word(NamedTuple):
    """One word of a text as written, and its columns."""

    raw: str
    start: int
    end: int

    @property
    def low(self) -> str:
        """In small letters, as the grammar compares words."""
        return self.raw.lower()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a text, in order; `text` is the whole, so that a part still knows its columns."""

    text: str
    words: tuple[Word, ...]

    @classmethod
    def of(cls, text: str) -> Phrase:
        """The words of a text; any white space parts them."""
        return cls(text, tuple(Word(found[0], found.start(), found.end()) for found in re.finditer(r"\S+", text)))

    def __len__(self) -> int:
        return len(self.words)

    def __str__(self) -> str:
        """The words in small letters with single spaces."""
        return " ".join(word.low for word in self.words)

    @property
    def raw(self) -> str:
        """The words as written, with single spaces."""
        return " ".join(word.raw for word in self.words)

    @property
    def start(self) -> int:
        """Column of the first word; of the end of the text if there is none."""
        return self.words[0].start if self.words else len(self.text.rstrip())

    @property
    def end(self) -> int:
        """Column after the last word; of the end of the text if there is none."""
        return self.words[-1].end if self.words else len(self.text.rstrip())

    def low(self, place: int) -> str:
        """The word at a place, in small letters; empty if there is none."""
        return self.words[place].low if place < len(self.words) else ""

    def part(self, start: int, stop: int | None = None) -> Phrase:
        """Some of the words."""
        return Phrase(self.text, self.words[start:stop])

    def fault(self, what: str, mend: str) -> RuleFault:
        """Something wrong with all of these words."""
        return RuleFault(self.text, self.start, self.end, what, mend)
