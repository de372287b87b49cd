"""Before the year begins: what will be seen, and how to read it."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from qa_workflow.cli.tables import facts
from year.house import House

INTRODUCTION = (
    "This is a rehearsal: a database with a clock of its own. The clock opens what is to be done, and people, known by "
    "their roles, do it, most of them in time. Nobody and nothing in it is real. What is told below has been done, and "
    "is read back from the history; `routine` is only counted."
)
ITEMS = (
    ("PA/…", "provider assurance: a report each quarter, on its way to the Governing Body"),
    ("QA/…", "Quality Account: the commissioner's statement on it, once a year"),
    ("ACT/…", "action: what a review group has agreed, followed until it is done"),
)


def introduce(console: Console, house: House) -> None:
    """A title, a paragraph, and what the references mean."""
    providers = house.governance.organisations_of_kind("provider", house.engine.now().date())
    console.print(Text(f"A year of assurance\n{house.governance.title}", style="bold"))
    console.print(f"\n{INTRODUCTION}\n")
    console.print(facts([*ITEMS, *((each.name, each.title) for each in providers)]))
