"""Tells the year as it happens: a chapter a month, a line for whatever is out of the ordinary, the rest counted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from qa_workflow.calendar import local_date, long_date
from qa_workflow.calendar.words import counted
from qa_workflow.definition import Governance
from qa_workflow.engine import Kind
from qa_workflow.engine.item import instant
from year.house import Happening, Postbag
from year.wording import Line, days_late, items, line_of

STYLES = {
    "overdue": "bold red", "up": "bold red", "lapsed": "bold red", "late": "red", "waits": "red",
    "refused": "bold magenta", "back": "yellow", "hold": "cyan", "resume": "cyan", "date": "cyan",
    "meeting": "bold green", "off": "bold yellow", "on": "bold yellow",
}  # fmt: skip
"""Colour is an ornament: the word beside the line says the same."""
DAY, TAG = 13, 9


def heading(console: Console, text: str) -> None:
    """The title of a chapter, with a rule to the edge."""
    stroke = "─" if console.encoding.startswith("utf") else "-"
    rule = stroke * (console.width - len(text) - 1)
    console.print(Text.assemble("\n", (text, "bold"), " ", (rule, "dim")), soft_wrap=True)


class Teller:
    """Writes the story, line by line."""

    def __init__(self, console: Console, governance: Governance, post: Postbag) -> None:
        self.console, self.governance, self._post = console, governance, post
        self._month = ""
        self._day = ""
        self._counted: Counter[str] = Counter()
        self._mails = 0

    def tell(self, happenings: list[Happening]) -> None:
        """What has happened at one instant."""
        together: dict[tuple[str, str], list[str]] = {}
        for each in happenings:
            self.turn_to(instant(each.event.at))
            self._count(each)
            line = line_of(each, self.governance)
            if line is not None:
                together.setdefault((line.tag, line.text), []).append(line.item)
        for (tag, text), references in together.items():
            self.line(instant(happenings[-1].event.at), Line(tag, text.replace("{items}", items(references))))

    def line(self, at: datetime, line: Line) -> None:
        """One line, with its day where that is a new one."""
        self.turn_to(at)
        shown = long_date(local_date(at)).rpartition(" ")[0]
        first = Text("" if shown == self._day else shown, style="bold")
        first.pad_right(DAY - len(first))
        tag = Text(line.tag, style=STYLES.get(line.tag, "bold"))
        tag.pad_right(TAG - len(tag))
        self._day = shown
        self._print(Text.assemble(first, tag), line.text)

    def aside(self, text: str) -> None:
        """More about the line before."""
        self._print(Text(" " * (DAY + TAG)), text)

    def turn_to(self, at: datetime) -> None:
        """Begin the chapter of a month, after the summary of the last one."""
        month = long_date(local_date(at)).partition(" ")[2]
        if month != self._month:
            self.close_month()
            self._month, self._day = month, ""
            heading(self.console, month)

    def close_month(self) -> None:
        """What was routine, in one line."""
        if self._month:
            mails, self._mails = len(self._post.mails) - self._mails, len(self._post.mails)
            self._print(Text(f"{'':{DAY}}{'routine':{TAG}}", style="dim"), routine(self._counted, mails), "dim")
            self._counted.clear()

    def _print(self, margin: Text, text: str, style: str = "") -> None:
        room = max(self.console.width - DAY - TAG, 20)
        for line in wrap(text, room, break_long_words=False, break_on_hyphens=False):
            self.console.print(Text.assemble(margin, (line, style)), soft_wrap=True)
            margin = Text(" " * (DAY + TAG))

    def _count(self, happening: Happening) -> None:
        event, workflow = happening.event, happening.workflow.name
        if event.kind is Kind.MOVED and not event.actor.startswith("system:") and not event.reason:
            step = str(event.trigger) if workflow == "provider_assurance" else workflow
            self._counted[step] += 1
            self._counted[f"{step} late"] += bool(days_late(happening))
        self._counted[str(event.kind)] += 1
        self._counted["closed"] += event.data.get("status") == "closed"


ROUTINE = (
    ("submit", "report", "came in"),
    ("accept", "review", "minuted"),
    ("send_feedback", "feedback letter", "sent"),
    ("quality_account", "Quality Account step", "taken"),
    ("cqrg_action", "action step", "taken"),
)


def routine(count: Counter[str], mails: int) -> str:
    """A month's steps, those in time and those late; how many items it closed; what the clock had to say."""
    said = []
    for name, noun, verb in ROUTINE:
        if number := count[name]:
            late = count[f"{name} late"]
            said.append(f"{counted(number, noun)} {verb}, {f'{late} late' if late else 'in time'}")
    if closed := count["closed"]:
        said.append(f"{counted(closed, 'item')} closed")
    said.append(f"{counted(count['reminded'], 'reminder')}, {counted(mails, 'mail')}")
    return f"{'; '.join(said)}."
