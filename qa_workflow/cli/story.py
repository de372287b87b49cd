"""One item in full: where it is, who has it, when it is due and why, what can be done, what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import rich_click as click

from qa_workflow.cli.command import command
from qa_workflow.cli.options import item_argument
from qa_workflow.cli.session import Session

if TYPE_CHECKING:
    from rich.console import Console

    from qa_workflow.definition import Workflow
    from qa_workflow.service.telling.history import EventTold
    from qa_workflow.service.telling.views import Explanation

WIDE = 100
"""Columns of a screen on which a history need not be told in narrow ones."""


@command("show", example="qa-workflow show PA/2026-27-Q4/ghft")
@item_argument
@click.option("--all", "every", is_flag=True, help="Each reminder and escalation of the clock, too.")
def show_command(session: Session, *, item: str, every: bool) -> None:
    """Tell an item's whole story: stage, owner, date, what can be done and what is missing, and its history."""
    with session.parts() as parts:
        found = parts.engine.item(item)
        shown = parts.engine.view(found, history=True)
        workflow = parts.engine.workflow(found)
        why = parts.engine.explain(item)
        told = parts.engine.told(found.id)
        shown["part_of"], shown["sub_items"] = parts.engine.around(found.id)

    def show(console: Console) -> None:
        head(console, shown)
        dates(console, why)
        unclaimed = [v.stage for v in found.leaves() if workflow.stages[v.stage].claim and v.holder is None]
        steps(console, shown["available"], unclaimed, shown["owner"])
        fields(console, shown["fields"], workflow)
        sub_items(console, shown["sub_items"])
        history(console, told, every=every)

    session.answer(shown, show, is_read=True)


@command("explain", example="qa-workflow explain PA/2026-27-Q4/ghft")
@item_argument
def explain_command(session: Session, *, item: str) -> None:
    """Say why an item is due when it is: the rule, what it counts from, days not counted, holds and changes."""
    with session.parts() as parts:
        found = parts.engine.item(item)
        shown = parts.engine.view(found)
        why = parts.engine.explain(item)
    keys = ("id", "reference", "stage", "status", "due_at", "due_on", "first_due_on", "overdue")
    data = {
        **{key: shown[key] for key in keys},
        "why": next((e.why for e in why if e.due_on == shown["due_on"]), None),
        "dates": why,
    }

    def show(console: Console) -> None:
        from qa_workflow.cli.tables import heading

        console.print(heading(f"{shown['reference']}: {shown['title']}"))
        if not why:
            console.print(f"It is {shown['status']}; nothing is due any more.")
        dates(console, why, rule=True)

    session.answer(data, show, is_read=True)


def head(console: Console, shown: Mapping[str, Any]) -> None:
    """What an item is and where it stands."""
    from qa_workflow.cli.tables import facts, heading
    from qa_workflow.service.telling.words import due_words, instant_short, names

    console.print(heading(f"{shown['reference']}: {shown['title']}"))
    about = ", ".join(w for w in (shown["subject_title"], shown["period"]) if w)
    status = (
        shown["status"] if shown["outcome"] in (None, shown["status"]) else f"{shown['status']} ({shown['outcome']})"
    )
    hold = shown["hold"]
    until = f"until {instant_short(hold['until'])}" if hold and hold["until"] else "until somebody resumes it"
    pairs = [
        ("About", about),
        ("Part of", shown.get("part_of")),
        ("Stage", shown["stage_title"]),
        ("Status", status),
        ("On hold", f"{until}: {hold['reason']} (by {hold['by']})" if hold else None),
        ("With", names(shown["owner"])),
        ("Due", due_words(shown)),
        ("Definition", f"{shown['workflow']}, version {shown['version']}"),
        ("Revision", shown["revision"]),
    ]
    console.print(facts(pairs))


def dates(console: Console, why: Sequence[Explanation], *, rule: bool = False) -> None:
    """Each date with its reason, holds and changes."""
    from qa_workflow.cli.tables import facts, heading
    from qa_workflow.service.telling.words import day_words

    if why:
        console.print(heading("Why this date" if len(why) == 1 else "Why these dates"))
    for each in why:
        first = (
            f"first {day_words(each.first_due_on)}" if each.first_due_on and each.first_due_on != each.due_on else None
        )
        pairs: list[tuple[str, Any]] = [
            (each.stage_title, f"due {day_words(each.due_on)}" if each.due_on else "no date"),
            ("", first),
            ("", each.why),
            ("", f"Rule: {each.rule}" if rule and each.rule else None),
            ("", f"Basis: {each.basis}" if rule and each.basis else None),
            ("", f"Source: {each.source}" if rule and each.source else None),
            *(("", f"On hold from {day_words(since)} to {day_words(until)}") for since, until in each.holds),
            *(("", change) for change in each.changes),
        ]
        console.print(facts(pairs))


def sub_items(console: Console, below: Sequence[Mapping[str, Any]]) -> None:
    """What is part of an item: whom each is about, and how far it is."""
    from qa_workflow.cli.tables import heading, table
    from qa_workflow.service.telling.words import due_words

    if below:
        rows = [
            (i["reference"], i["subject_title"] or "", i["stage_title"] or i["status"], due_words(i)) for i in below
        ]
        console.print(heading("Sub-items"))
        console.print(table(("Item", "About", "Stage", "Due"), rows, whole=("Item",)))


def steps(
    console: Console, available: Sequence[Mapping[str, Any]], unclaimed: Sequence[str], owner: Sequence[str]
) -> None:
    """What can be done, by whom, and what is still missing; at a stage that nobody has taken on, that somebody does."""
    from qa_workflow.cli.tables import heading, table

    if not available:
        return
    console.print(heading("What can be done"))
    rows = []
    for step in available:
        who = ", ".join(step["by"]) or "the clock"
        if step["not_by"]:
            who += f"; not {', '.join(step['not_by'])}"
        missing = ["to be claimed first"] if step["stage"] in unclaimed and set(step["by"]) <= set(owner) else []
        missing += [*step["missing"], *(["a reason"] if "reason" in step["needs"] else [])]
        rows.append(
            (
                step["trigger"],
                f"{step['title']}\n-> {', '.join(step['to'])}",
                who,
                "\n".join(missing) or "nothing",
            )
        )
    console.print(table(("Trigger", "What it does", "Who may", "Missing"), rows, whole=("Trigger",)))


def fields(console: Console, values: Mapping[str, Any], workflow: Workflow) -> None:
    """The fields that are filled, by their labels."""
    from qa_workflow.cli.tables import facts, heading
    from qa_workflow.service.telling.words import field_words

    filled = {name: value for name, value in values.items() if value is not None}
    if filled:
        console.print(heading("Fields"))
        console.print(
            facts((f"{name}", field_words(value)) for name, value in filled.items() if name in workflow.fields)
        )


def history(console: Console, events: Sequence[EventTold], *, every: bool) -> None:
    """Everything that happened, in order, in the words of the workflow; in a narrow room who stands below when.

    What the clock did by the dozen is one line for each run of it, unless `every` is wanted: decisions stand out.
    """
    from qa_workflow.cli.tables import heading, table

    console.print(heading("History"))
    is_narrow = console.width < WIDE
    heads = ("When, who",) if is_narrow else ("When", "Who")
    rows = []
    for is_routine, run in groupby(events, key=lambda event: event.is_routine and not every):
        for number, when, who, what in [_together(list(run))] if is_routine else map(_told, run):
            rows.append((number, f"{when}\n{who}", what) if is_narrow else (number, when, who, what))
    console.print(table(("", *heads, "What"), rows, widest={"When, who": 24}))


def _told(event: EventTold) -> tuple[str, str, str, str]:
    from qa_workflow.service.telling.words import instant_short

    said = (event.quoted,) if event.quoted else ()
    return str(event.seq), instant_short(event.at), event.who, "\n".join((event.what, *said, *event.lines))


def _together(run: Sequence[EventTold]) -> tuple[str, str, str, str]:
    """A run of reminders, escalations and the like in one line; one alone as it is."""
    first, last = _told(run[0]), _told(run[-1])
    if len(run) == 1:
        return first
    what = f"{len(run)} reminders, escalations and the like, the last on {last[1]} (--all tells each)"
    return f"{run[0].seq}–{run[-1].seq}", first[1], first[2], what
