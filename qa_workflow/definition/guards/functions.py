"""The named functions of guards: pure, each with its arguments, its result and a sentence for the manual."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from qa_workflow.calendar import Calendar, DayKind
from qa_workflow.definition.guards.types import DATE, NUMBER, TEXT, TRUTH, Type
from qa_workflow.errors import QaWorkflowError


class GuardFault(QaWorkflowError):
    """A guard could not be answered (a field is not filled, a value does not fit): neither yes nor no."""

    code = "guard"


class GuardSetting(Protocol):
    """All that a guard may look at, frozen for one question. Stages and triggers are named by their full paths."""

    @property
    def fields(self) -> Mapping[str, Any]:
        """Filled fields only; dates are ISO text, numbers int or decimal text."""

    @property
    def today(self) -> date:
        """The local day of the question."""

    @property
    def calendar(self) -> Calendar:
        """Whose working days count."""

    @property
    def actor_roles(self) -> Collection[str]:
        """Roles in which the person acts; empty for the clock."""

    @property
    def subject(self) -> str | None:
        """The organisation that the item is about."""

    @property
    def subject_kind(self) -> str | None:
        """Its kind."""

    @property
    def period_start(self) -> date | None:
        """First day of the item's period."""

    @property
    def period_end(self) -> date | None:
        """Last day of the item's period."""

    def times(self, trigger_path: str) -> int:
        """How often the transition was made."""

    def visits(self, stage_path: str) -> int:
        """How often the stage was entered."""

    def is_open(self, stage_path: str) -> bool:
        """Whether the item rests there (or in the branch) now."""

    def last_trigger(self, stage_path: str) -> str | None:
        """Name of the trigger last fired in the stage or branch, `lapse` if time moved it; None if none was."""

    @property
    def slips(self) -> int:
        """How often the item has become overdue."""

    def sub_items(self, stage_path: str) -> Sequence[str]:
        """How each closed sub-item of the stage's last visit ended."""

    def still_open(self, stage_path: str) -> int:
        """How many sub-items of the stage have not ended; 0 once it was left."""


Answer = Callable[[GuardSetting], Any]


class Takes(StrEnum):
    """What an argument must be; the value is what the manual calls it."""

    FIELD = "field"
    LIST_FIELD = "list field"
    TEXT_FIELD = "text field"
    DATE = "date"
    ROLE = "'role'"
    TRIGGER = "'trigger'"
    STAGE = "'stage'"
    PLACE = "'stage or branch'"
    SUB_ITEMS = "'stage with sub-items'"
    OUTCOME = "'outcome'"


@dataclass(frozen=True, slots=True)
class Function:
    """One function: `make` gets what each argument means (paths, a field's name, an answer) and gives the answer."""

    name: str
    takes: tuple[Takes, ...]
    gives: Type
    help: str
    make: Callable[..., Answer]

    @property
    def form(self) -> str:
        """How it is written: `words(text field)`."""
        return f"{self.name}({', '.join(self.takes)})"


def needed(value: Any, what: str) -> Any:
    """The value, or a fault: what is not there is neither yes nor no."""
    if value is None:
        raise GuardFault(what)
    return value


def _decided(paths: Sequence[str]) -> Answer:
    path = paths[0]
    return lambda setting: needed(setting.last_trigger(path), f"nothing was decided at {path!r} yet")


def _subject(setting: GuardSetting) -> Any:
    return needed(setting.subject, "the item has no subject")


def _subject_kind(setting: GuardSetting) -> Any:
    return needed(setting.subject_kind, "the item's subject has no kind")


def _period_start(setting: GuardSetting) -> Any:
    return needed(setting.period_start, "the item has no period")


def _period_end(setting: GuardSetting) -> Any:
    return needed(setting.period_end, "the item has no period")


def _working_days_since(day: Answer) -> Answer:
    return lambda setting: setting.calendar.count_between(day(setting), setting.today, DayKind.WORKING)


FUNCTIONS: Mapping[str, Function] = {
    function.name: function
    for function in (
        Function("has", (Takes.FIELD,), TRUTH, "the field is filled", lambda name: lambda s: name in s.fields),
        Function(
            "count", (Takes.LIST_FIELD,), NUMBER, "how many entries the list has", lambda field: lambda s: len(field(s))
        ),
        Function(
            "words",
            (Takes.TEXT_FIELD,),
            NUMBER,
            "how many words the text has",
            lambda field: lambda s: len(field(s).split()),
        ),
        Function("today", (), DATE, "the day of the question", lambda: lambda s: s.today),
        Function("year", (Takes.DATE,), NUMBER, "the year of a date", lambda day: lambda s: day(s).year),
        Function("month", (Takes.DATE,), NUMBER, "the month of a date, 1 to 12", lambda day: lambda s: day(s).month),
        Function(
            "calendar_days_since",
            (Takes.DATE,),
            NUMBER,
            "calendar days from the date to today; below 0 if it is to come",
            lambda day: lambda s: (s.today - day(s)).days,
        ),
        Function(
            "working_days_since",
            (Takes.DATE,),
            NUMBER,
            "working days after the date, up to today; below 0 if it is to come",
            _working_days_since,
        ),
        Function("slips", (), NUMBER, "how often the item has become overdue", lambda: lambda s: s.slips),
        Function("period_start", (), DATE, "first day of the item's period", lambda: _period_start),
        Function("period_end", (), DATE, "last day of the item's period", lambda: _period_end),
        Function(
            "role",
            (Takes.ROLE,),
            TRUTH,
            "the person who acts holds the role",
            lambda role: lambda s: role in s.actor_roles,
        ),
        Function(
            "done",
            (Takes.TRIGGER,),
            TRUTH,
            "the transition was made, at least once",
            lambda paths: lambda s: any(s.times(path) > 0 for path in paths),
        ),
        Function(
            "times",
            (Takes.TRIGGER,),
            NUMBER,
            "how often the transition was made",
            lambda paths: lambda s: sum(s.times(path) for path in paths),
        ),
        Function(
            "visits",
            (Takes.STAGE,),
            NUMBER,
            "how often the stage was entered",
            lambda paths: lambda s: sum(s.visits(path) for path in paths),
        ),
        Function(
            "is_open",
            (Takes.PLACE,),
            TRUTH,
            "the item rests there now",
            lambda paths: lambda s: any(s.is_open(path) for path in paths),
        ),
        Function(
            "decided",
            (Takes.PLACE,),
            TEXT,
            "the trigger by which the stage (or branch) was last left; a fault before that, so ask `done(…)` first",
            _decided,
        ),
        Function(
            "closed",
            (Takes.SUB_ITEMS, Takes.OUTCOME),
            NUMBER,
            "how many of the stage's sub-items ended with that outcome",
            lambda paths, outcome: lambda s: sum(list(s.sub_items(path)).count(outcome) for path in paths),
        ),
        Function(
            "still_open",
            (Takes.SUB_ITEMS,),
            NUMBER,
            "how many of the stage's sub-items have not ended; 0 once the stage was left",
            lambda paths: lambda s: sum(s.still_open(path) for path in paths),
        ),
        Function("subject", (), TEXT, "the organisation that the item is about", lambda: _subject),
        Function("subject_kind", (), TEXT, "the kind of that organisation", lambda: _subject_kind),
    )
}
