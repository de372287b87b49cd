"""What the use cases refuse: names that mean nothing, and what happened while somebody was still thinking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from typing import Protocol

from qa_workflow.calendar import long_date
from qa_workflow.calendar.words import listed
from qa_workflow.errors import IntegrityFault, Refusal, UsageFault

UNDECIDED = (
    Refusal,
    UsageFault,
    IntegrityFault,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What may be wrong with one thing that time does: it is told to a person, and what time does to the others goes on.

A fault of the database is none of these: it is nothing that one thing has, and nobody could be told.
"""


class Unknown(UsageFault):
    """A name that means nothing here; the nearest known one is offered."""

    code = "unknown"

    def __init__(self, what: str, name: str, known: Sequence[str]) -> None:
        self.what, self.name, self.known = what, name, tuple(known)
        plain = {each.casefold(): each for each in reversed(known)}
        near = get_close_matches(name.casefold(), plain, n=1, cutoff=0.5)
        if near:
            mend = f"did you mean {plain[near[0]]!r}?"
        elif known:
            mend = f"known are: {', '.join(known[:12])}{', …' if len(known) > 12 else ''}"
        else:
            mend = "there is none yet"
        super().__init__(f"{what} {name!r} is not known; {mend}")


class UnknownItem(Unknown):
    """No item has this reference or identifier."""

    code = "unknown_item"

    def __init__(self, name: str, near: Sequence[str]) -> None:
        super().__init__("item", name, near)


class Stale(Refusal):
    """The item has moved on since it was seen: who did what, and when."""

    code = "stale"

    def __init__(
        self, reference: str, seen: int | None = None, now: int | None = None, meanwhile: Sequence[str] = ()
    ) -> None:
        self.reference, self.seen, self.revision, self.meanwhile = reference, seen, now, tuple(meanwhile)
        told = f" Meanwhile: {'; '.join(meanwhile)}." if meanwhile else ""
        which = f" (you saw revision {seen}, it is now at {now})" if seen is not None and now is not None else ""
        what = f"{reference} has moved on since you looked{which}.{told}"
        if seen is not None and now is not None and seen > now:
            what = f"{reference} never was at revision {seen}; it is at {now}. It may be another item's."
        super().__init__(f"{what} Nothing of yours was saved; look again")


class AlreadyOpen(Refusal):
    """The cycle, or the reference, is taken."""

    code = "already_open"

    def __init__(self, reference: str, cycle: str | None) -> None:
        self.reference, self.cycle = reference, cycle
        super().__init__(f"{reference} exists already; there is one item for each workflow, subject and period")


class OneAlready(Refusal):
    """A sub-item is not opened beside another of its cycle. That one is not named: who reads this may not see it."""

    code = "one_already"

    def __init__(self, what: str, period: str) -> None:
        super().__init__(f"there is one already, {what}, for {period}. Cancel whichever is not wanted; then try again")


class NotPublished(Refusal):
    """There is no governance yet, so there is nobody and nothing."""

    code = "not_published"

    def __init__(self) -> None:
        super().__init__(
            "nothing is published in this database yet; publish your definitions with "
            "`qa-workflow publish workflows/`, or make a new database with `qa-workflow init`"
        )


class NotARehearsal(Refusal):
    """The clock of a real database cannot be set."""

    code = "not_a_rehearsal"

    def __init__(self) -> None:
        super().__init__(
            "this is a real database, whose clock cannot be set; make a rehearsal with `qa-workflow init --rehearsal`"
        )


class NotYours(Refusal):
    """Something of the house's, beyond any one item, that this person has no right to."""

    code = "not_yours"

    def __init__(self, what: str, actor: str, who_may: Sequence[str]) -> None:
        self.what, self.actor, self.who_may = what, actor, tuple(who_may)
        super().__init__(f"{actor} may not {what}; this is for: {', '.join(who_may) or 'nobody'}")


class NotDisclosed(Refusal):
    """Somebody fills in what is not shown to them yet."""

    code = "not_disclosed"

    def __init__(self, reference: str, actor: str, labels: Sequence[str]) -> None:
        self.reference, self.actor, self.labels = reference, actor, tuple(labels)
        what = listed([f"“{label}”" for label in labels])
        super().__init__(f"{reference}: {what} cannot be filled in by {actor}, to whom it is not shown; leave it out")


class NoColleague(Refusal):
    """One of the subject's own people writes what would be kept from them."""

    code = "no_colleague"

    def __init__(self, reference: str, actor: str) -> None:
        self.reference, self.actor = reference, actor
        whose = f"{actor} sees it only as being about their own organisation"
        super().__init__(f"{reference}: {whose}, and writes to everybody who may see it; leave “colleagues only” out")


class NoReader(Refusal):
    """Word of a comment would go to somebody who may not read it."""

    code = "no_reader"

    def __init__(self, reference: str, person: str, *, colleagues_only: bool) -> None:
        self.reference, self.person = reference, person
        kept = " (it is for colleagues only)" if colleagues_only else ""
        super().__init__(f"{reference}: {person} cannot read the comment{kept}, so nobody was told; choose another")


class NotHere(Refusal):
    """Somebody does something on a day on which they are not here, not yet or no longer."""

    code = "not_here"

    def __init__(self, person: str, start: date | None, until: date | None, day: date) -> None:
        self.person, self.start, self.until = person, start, until
        if until is not None and until < day:
            when = f"was here until {long_date(until)}"
        else:
            when = f"is here from {long_date(start)}" if start is not None else "is not here"
        super().__init__(f"{person} {when}, and does nothing on {long_date(day)}; somebody who is here has to")


class NobodyPublishes(Refusal):
    """Under this governance file nobody could publish any more, not even what puts it right."""

    code = "nobody_publishes"

    def __init__(self, roles: Sequence[str]) -> None:
        self.roles = tuple(roles)
        why = f"nobody holds {listed(roles, 'or')}" if roles else "it gives nobody the right to"
        super().__init__(
            f"nothing was published: after it nobody could publish, not even to put it right, for {why}; "
            "under `rights:` write `publish:` with roles that somebody holds"
        )


class NothingPublished(Refusal):
    """What was given holds nothing that could be published, or nothing new."""

    code = "nothing_published"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


class Coming(Protocol):
    """What would come of a day that somebody sets: why it may be a slip of the pen, and what follows, in sentences.

    `mark` says that it was looked at: this day, for this, and no other; `day` is the day in words.
    """

    @property
    def mark(self) -> str: ...

    @property
    def day(self) -> str: ...

    @property
    def doubts(self) -> tuple[str, ...]: ...

    @property
    def follows(self) -> tuple[str, ...]: ...


class DoubtfulDate(Refusal):
    """A day that somebody sets has passed, or is not worked, and nobody has said that it is meant."""

    code = "doubtful_date"

    def __init__(self, coming: Coming) -> None:
        self.coming = coming
        super().__init__(
            f"{'; '.join(coming.doubts)}. Nothing was changed; give another date, or, where this one is meant, say so "
            f"by sending it again with sure {coming.mark!r}. {'. '.join(coming.follows)}"
        )


def require_meant(coming: Coming, sure: str | bool | None) -> None:
    """Refuse a day that may be a slip of the pen, unless its `mark`, or True, says that it is meant.

    Raises:
        DoubtfulDate: nothing says so.
    """
    if coming.doubts and sure not in (True, coming.mark):
        raise DoubtfulDate(coming)


class NoMeeting(UsageFault):
    """The body does not meet on that day."""

    code = "no_meeting"

    def __init__(self, body: str, key: str, ahead: Sequence[str]) -> None:
        self.body, self.key, self.ahead = body, key, tuple(ahead)
        when = f"it meets on {listed(ahead)}" if ahead else "it has no meetings ahead"
        super().__init__(f"{body} has no meeting planned for {_day(key)}; {when}. Name the planned day, as 2027-04-28")


def _day(text: str) -> str:
    """A day in words; what is none as it was given."""
    try:
        return long_date(date.fromisoformat(text))
    except ValueError:
        return repr(text)
