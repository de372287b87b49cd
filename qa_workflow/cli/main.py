"""`qa-workflow`: the list of its commands, each imported when it is used, so that `--help` answers at once."""

from __future__ import annotations

import sys

import rich_click as click

from qa_workflow.cli.command import take_common_options
from qa_workflow.cli.front import FrontDoor, Later

COMMANDS = {
    "Items": (
        Later("open", "opening", "Open an item yourself."),
        Later("items", "listing", "List items: whose they are, where they are, when they are due."),
        Later("show", "story", "Tell an item's whole story."),
        Later("advance", "moving", "Move an item on: fire one of its triggers."),
        Later("overdue", "listing", "List what is late now, longest overdue first."),
        Later("explain", "story", "Say why an item is due when it is."),
        Later("bulk-advance", "bulk", "Fire one trigger on many items, as one decision."),
    ),
    "More about an item": (
        Later("hold", "clocks", "Stop an item's clock, with a reason."),
        Later("resume", "clocks", "Run an item's clock again."),
        Later("cancel", "authority", "Withdraw an item with every item that is part of it."),
        Later("correct", "authority", "Put right what was recorded wrongly; the history keeps both."),
        Later("change-date", "clocks", "Give one item another due date, with authority."),
        Later("claim", "holding", "Take on what is offered to your role."),
        Later("release", "holding", "Give back what you have taken on."),
        Later("assign", "holding", "Give open work to another person."),
        Later("record", "recording", "Fill or empty fields without moving the item."),
        Later("comment", "recording", "Say something about an item; it stays in the history."),
        Later("sub-item", "recording", "Hang one more sub-item on an item whose stage still takes them."),
        Later("removal", "removals", "Take out, by two people, a file or a text that names a patient."),
    ),
    "Time and meetings": (
        Later("tick", "time", "Look once at what time does now."),
        Later("clock", "rehearsal", "Show, set or push forward the clock."),
        Later("run", "running", "Serve the pages and run the clock until Ctrl-C."),
        Later("meetings", "meetings", "List the bodies, each with its next meeting."),
        Later("meeting", "meetings", "Move a meeting, or call it off."),
    ),
    "Definitions and people": (
        Later("check", "definitions", "Check workflow files; silent when all is well."),
        Later("publish", "definitions", "Publish workflow files, so that items open under them."),
        Later("versions", "definitions", "List what was published, the newest version first."),
        Later("impact", "migrating", "Show what a file would mean for every live item, before it is published."),
        Later("migrate", "migrating", "Move the live items of a workflow to a published version."),
        Later("diagram", "drawing", "Draw a workflow of the workflows folder."),
        Later("schema", "definitions", "Print the JSON Schema of workflow or governance files."),
        Later("people", "people", "List who is known, with their roles and organisations."),
        Later(
            "person", "persons", "Enter people, change their roles by two, invite them, sign them out, let them leave."
        ),
    ),
    "The database": (
        Later("init", "setting_up", "Make a database and publish the definitions."),
        Later("verify", "proof", "Check histories, all rows that follow from them, and documents."),
        Later("checkpoint", "proof", "Write down where the history stands."),
        Later("backup", "keeping", "Copy the database and its documents to a new folder."),
        Later("restore", "keeping", "Make a database from a backup, of either kind."),
        Later("export", "exporting", "Write what is overdue, or a list of items, for Excel or as CSV."),
        Later(
            "doctor", "keeping", "Look for what could go wrong: the database, its disk, clock and people, what waits."
        ),
        Later("incidents", "incidents", "List what needs a person; try it again, or give it up."),
    ),
    "Bare rows, as JSON": (
        Later("events", "rows", "Show the bare events of an item, in order, as JSON."),
        Later("timers", "rows", "Show the bare timers, the next first, as JSON."),
        Later("outbox", "rows", "Show the bare rows of what leaves, left or could not leave the house, as JSON."),
    ),
    "Your shell": (
        Later(
            "completion", "completion", "Print what your shell needs to complete commands, items, triggers and people."
        ),
    ),
}
"""By the heading under which help shows them."""


@click.group(
    "qa-workflow",
    cls=FrontDoor,
    panels=COMMANDS,
    epilog="Example: qa-workflow init --rehearsal --at 2027-04-01T09:00",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(None, "--version", package_name="qa-workflow", prog_name="qa-workflow")
def qa_workflow() -> None:
    """Run quality assurance from text files: items, stages, due dates, and a history that is evidence.

    Exit codes: 0 done, 1 refused (with the reason), 2 usage, 3 integrity failure, 4 storage, 130 stopped by Ctrl-C.
    With `--json` every answer is one JSON document on standard output, errors too, under the key "error".
    """


take_common_options(qa_workflow)


def main() -> None:
    """The entry point of the installed program."""
    qa_workflow.main(sys.argv[1:], prog_name="qa-workflow")
