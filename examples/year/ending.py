"""After the year: what is late, one item's whole story, one date explained, the mails counted, and the proof."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from rich.console import Console

from qa_workflow.calendar import local_date
from qa_workflow.calendar.words import counted, listed
from qa_workflow.cli import story
from qa_workflow.cli.tables import table
from qa_workflow.engine import Item, Kind
from qa_workflow.errors import IntegrityFault
from qa_workflow.service.ports.store import ItemQuery
from year.house import House
from year.telling import heading
from year.wording import day, sentence, who

STORY = "ACT/ghft/2"
"""The item whose whole story is told: late twice, taken up to the committee, answered, done."""
EXPLAINED = "PA/2027-28-Q3/ghc"
"""The item whose date is explained."""
TO_TRY = (
    "overdue",
    f"show {STORY}",
    "items --owner quality_lead",
    "clock advance 2 days",
    "verify",
)


def end_of_year(console: Console, house: House, kept: Path | None) -> int:
    """All of it; the exit code is that of `verify`."""
    heading(console, "The year is over")
    balance(console, house)
    heading(console, "What is late, the latest first")
    overdue_board(console, house)
    heading(console, "One item's whole story")
    whole_story(console, house)
    heading(console, "Why is it due then?")
    console.print(f"{EXPLAINED}, as `qa-workflow explain` says it.")
    story.dates(console, house.engine.explain(EXPLAINED), rule=True)
    heading(console, "What was sent")
    messages(console, house)
    heading(console, "Does the history prove itself?")
    proof = house.prove()
    console.print(f"{proof}.", *(f"- {finding}" for finding in proof.findings), sep="\n")
    heading(console, "What to try next")
    what_next(console, house, kept)
    return 0 if proof.sound else IntegrityFault.exit_code


def balance(console: Console, house: House) -> None:
    """How many items there were, and what became of them."""
    found = list(house.engine.all_items(ItemQuery(limit=500)))
    ended = Counter(str(item.outcome) for item in found if item.is_over)
    late = len(house.engine.overdue())
    console.print(
        f"{counted(len(found), 'item')}: {listed([f'{number} {outcome}' for outcome, number in ended.items()])}; "
        f"{len(found) - ended.total()} open, {late} of them late."
    )


def overdue_board(console: Console, house: House) -> None:
    """By days late; a date that was moved stands with the date first given."""
    rows = [_late(house, item) for item in house.engine.overdue()]
    console.print(table(("Late", "Item", "Waits for, with", "Due"), rows, whole=("Late", "Item")))


def _late(house: House, item: Item) -> tuple[str, ...]:
    shown, due = house.engine.view(item), item.due()
    assert due is not None  # what is late has a date
    late = local_date(house.engine.now()) - date.fromisoformat(due.on)
    first = f"\nat first {day(due.first_on)}" if due.first_on != due.on else ""
    waits = f"{shown['stage_title']}\n{', '.join(shown['owner'])}"
    return counted(late.days, "day"), item.reference, waits, f"{day(due.on)}{first}"


def whole_story(console: Console, house: House) -> None:
    """As `qa-workflow show` tells it, without the reminders."""
    reminders = {event.seq for event in house.engine.history(STORY) if event.kind is Kind.REMINDED}
    shown = house.engine.view(house.engine.item(STORY), history=True)
    story.head(console, shown)
    story.history(console, [told for told in house.engine.told(STORY) if told.seq not in reminders], every=True)
    console.print(f"\nLeft out here: {counted(len(reminders), 'reminder')}.")


def messages(console: Console, house: House) -> None:
    """How many notices there were, of what sort, and how many mails they became."""
    with house.parts.house.store.reading() as look:
        sent = [row for row in look.outbox() if row["kind"] == "message" and row["done_at"]]
    topics = Counter(str(row["payload"]["topic"]).replace("_", " ") for row in sent)
    people = Counter(mail.recipient for mail in house.post.mails)
    busiest, most = max(people.items(), key=lambda entry: entry[1])
    console.print(
        f"{len(sent):,} notices became {len(house.post.mails):,} mails to {len(people)} people, for what one person is "
        f"to hear at one time leaves as one. {sentence(who(busiest, house.governance))} had the most, {most}."
    )
    said = [f"{topic} {number}" for topic, number in topics.most_common()]
    console.print(f"By what they were about: {listed(said)}.")


def what_next(console: Console, house: House, kept: Path | None) -> None:
    """Commands to copy."""
    if kept is None:
        console.print("The same year, in a database to explore afterwards:\n\n  python3 dev.py demo --keep my-year")
        return
    command = f"{program()} --database {shlex.quote(str(house.database))}"
    console.print(f"The year is kept in {kept}. Look around in it:\n", soft_wrap=True)
    for words in TO_TRY:
        console.print(f"  {command} {words}", soft_wrap=True)


def program() -> str:
    """`qa-workflow` as it can be typed here."""
    beside = Path(sys.executable).with_name("qa-workflow")
    if not beside.exists():
        return "qa-workflow"
    return str(beside.relative_to(Path.cwd())) if beside.is_relative_to(Path.cwd()) else str(beside)
