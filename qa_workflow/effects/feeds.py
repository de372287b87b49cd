"""Calendar feeds as iCalendar, with stable identifiers that Outlook, Google and Apple can follow.

A meeting takes its time, so that a clash is seen; what is due is on the whole day, and leaves it free.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import quote

from qa_workflow.effects.spreadsheets import text
from qa_workflow.service.boards.feeds import CalendarEvent

REFRESH = "PT1H"
"""How often programs are asked to look again; some take their own time all the same."""
SITTING = timedelta(hours=2)
"""How long a meeting is shown to take: governance says when it begins, and nobody when it ends."""


class ICalendars:
    """The port `Calendars` by the icalendar library."""

    def write(self, title: str, events: Iterable[CalendarEvent], *, now: datetime, base: str) -> bytes:
        """The bytes of the file."""
        import icalendar  # late: the command line starts without it

        calendar = icalendar.Calendar()
        calendar.add("prodid", "-//qa_workflow//calendar feed//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _one_line(title))  # it is written as it is, and not escaped
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", REFRESH)
        for event in events:
            entry = icalendar.Event()
            entry.add("uid", f"{event.uid}@qa-workflow")
            entry.add("dtstamp", now)
            begin = datetime.fromisoformat(event.at) if event.at else event.day
            entry.add("dtstart", begin)
            entry.add("dtend", begin + (SITTING if event.at else timedelta(days=1)))
            entry.add("summary", _one_line(event.summary))
            entry.add("sequence", event.sequence)
            if event.changed_at:
                entry.add("last-modified", datetime.fromisoformat(event.changed_at))
            entry.add("status", "CANCELLED" if event.called_off else "CONFIRMED")
            entry.add("transp", "OPAQUE" if event.at and not event.called_off else "TRANSPARENT")
            entry.add("url", base.rstrip("/") + quote(event.path, safe="/?=&"))
            calendar.add_component(entry)
        if not calendar.subcomponents:  # a calendar must hold something (RFC 5545, 3.6); some programs refuse one else
            calendar.add_component(icalendar.Timezone.from_tzid("Europe/London"))
        return bytes(calendar.to_ical())


def _one_line(words: str) -> str:
    """Without what some programs take for the end of a line: they would read a property of its own after it."""
    return " ".join(text(words).split())
