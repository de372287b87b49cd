"""The clock of a database: the machine's own for a real one, and for a rehearsal one that is set and pushed forward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select, update

from qa_workflow.calendar import instant_words
from qa_workflow.clock import Clock, SystemClock, from_micros, to_micros
from qa_workflow.errors import NaiveInstant, Refusal
from qa_workflow.service.refusals import NotARehearsal
from qa_workflow.store.house import REHEARSAL
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import EVENT, HOUSE, RECORD

_CLOCK = select(HOUSE.c.value).where(HOUSE.c.name == "clock")


class ClockHasRun(Refusal):
    """Something is on record after the instant to which the clock should go back."""

    code = "clock_has_run"

    def __init__(self, wanted: datetime, last: datetime) -> None:
        self.wanted, self.last = wanted, last
        super().__init__(
            f"the clock cannot be set back to {instant_words(wanted)}: something is on record on "
            f"{instant_words(last)}, and a history that runs backwards proves nothing. "
            "Set it to a later instant, or begin a new rehearsal"
        )


class HouseClock:
    """The clock that use cases on this database are handed."""

    def __init__(self, store: SqlStore, machine: Clock | None = None) -> None:
        self._store = store
        self._machine = machine or SystemClock()
        with store.reading() as look:
            self.is_rehearsal = look.house().get("kind") == REHEARSAL

    def now(self) -> datetime:
        """The machine's time; in a rehearsal the instant that was last set, by whatever process."""
        if not self.is_rehearsal:
            return self._machine.now()
        with self._store.looking() as connection:
            return _read(connection)

    def monotonic(self) -> float:
        """Seconds that only run forward, whatever is set."""
        return self._machine.monotonic()

    @property
    def boot(self) -> str | None:
        """A mark of this start of the machine, where its clock has one."""
        return getattr(self._machine, "boot", None)

    def set(self, instant: datetime) -> datetime:
        """Set a rehearsal's clock; gives the instant set.

        Raises:
            NotARehearsal: a real database.
            ClockHasRun: something has happened after that instant.
        """
        if instant.tzinfo is None:
            raise NaiveInstant(f"{instant.isoformat()} names no time zone; add one, as in {instant.isoformat()}+00:00")
        return self._change(lambda _: instant.astimezone(UTC))

    def advance(self, by: timedelta) -> datetime:
        """Push a rehearsal's clock forward (or, by a negative time, back); gives the instant reached."""
        return self._change(lambda now: now + by)

    def _change(self, work: Callable[[datetime], datetime]) -> datetime:
        if not self.is_rehearsal:
            raise NotARehearsal
        with self._store.connected() as connection:
            now = _read(connection)
            wanted = work(now)
            if wanted < now:
                last = _last(connection)
                if last > wanted:
                    raise ClockHasRun(wanted, last)
            value = str(to_micros(wanted))
            connection.execute(update(HOUSE).where(HOUSE.c.name == "clock").values(value=value))
        return wanted


def _read(connection: Connection) -> datetime:
    return from_micros(int(connection.execute(_CLOCK).scalar_one()))


def _last(connection: Connection) -> datetime:
    """The latest instant on record."""
    found = [connection.execute(select(func.max(table.c.at))).scalar() or 0 for table in (EVENT, RECORD)]
    return from_micros(max(found))
