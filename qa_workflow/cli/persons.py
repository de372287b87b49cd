"""People, for administrators: entered, changed by two, covered, invited, signed out, gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

from qa_workflow.cli import complete
from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.asking import confirm, yes_option
from qa_workflow.cli.command import command, group
from qa_workflow.cli.people import days
from qa_workflow.cli.session import Session, today_of

if TYPE_CHECKING:
    from rich.console import Console

    from qa_workflow.service.entered import Entry

F = TypeVar("F", bound=Callable[..., Any])
person_argument = click.argument("name", metavar="PERSON", shell_complete=complete.people)
reason_option = click.option("--reason", metavar="TEXT", default="", help="Why; it stays in the history.")


def _fields(function: F) -> F:
    """What can be said of a person, as options."""
    options = (
        click.option("--title", metavar="TEXT", help="What people read."),
        click.option(
            "--role", "roles", metavar="NAME", multiple=True, help="A role they are to hold; may be repeated."
        ),
        click.option("--organisation", metavar="NAME", help="Where they work."),
        click.option("--email", metavar="ADDRESS", help="Where messages and invitations go."),
        click.option("--from", "start", metavar="DAY", help="Their first day, as 2027-06-10; `none` for no such day."),
        click.option("--to", "until", metavar="DAY", help="Their last day; `none` for no such day."),
    )
    for option in reversed(options):
        function = option(function)
    return function


@group(
    "person", example="qa-workflow person add new-lead --title 'Quality lead' --role quality_lead --as administrator"
)
def person_command() -> None:
    """Enter people, change their roles by two, invite them, sign them out, let them leave."""


@command("list", of=person_command, example="qa-workflow person list --waiting")
@click.option("--waiting", is_flag=True, help="Only those with a change that waits for a second person.")
def list_command(session: Session, *, waiting: bool) -> None:
    """List everybody who is or was known, with what waits to be confirmed."""
    from qa_workflow.service.people import people

    with session.parts() as parts:
        found = [each for each in people.people(parts.house) if each.pending or not waiting]
        with parts.house.looking() as (_, world):
            day = today_of(parts, world)

    def show(console: Console) -> None:
        from qa_workflow.cli.tables import table

        if not found:
            console.print("Nothing waits." if waiting else "Nobody is known.")
            return
        rows = [
            (
                each.person.name if each.person.is_active(day) else f"{each.person.name} (not now)",
                "\n".join(each.person.roles),
                each.person.organisation or "",
                days(each.person, day),
                _waits(each),
            )
            for each in found
        ]
        heads = ("Person", "Roles", "Organisation", "Days", "Waits to be confirmed")
        console.print(table(heads, rows, whole=("Person",)))

    session.answer([_json(each) for each in found], show)


@command(
    "add",
    of=person_command,
    example="qa-workflow person add new-lead --title 'Quality lead' --role quality_lead --as administrator",
)
@click.argument("name", metavar="NAME")
@_fields
@reason_option
@as_option
def add_command(session: Session, *, name: str, person: str | None, reason: str, **fields: Any) -> None:
    """Enter somebody new. Their roles wait until a second person confirms them."""
    from qa_workflow.service.people import people

    with session.parts() as parts:
        who = actor(session, parts, person, people.ADMINISTER)
        entry = people.add(parts.house, name, _given(fields), actor=who, reason=reason)
    _answer(session, entry, f"{name} was entered.")


@command(
    "change",
    of=person_command,
    example="qa-workflow person change quality-lead --role quality_lead --role clinical_lead --as administrator",
)
@person_argument
@_fields
@click.option("--no-roles", is_flag=True, help="Take every role away.")
@reason_option
@as_option
def change_command(
    session: Session, *, name: str, person: str | None, reason: str, no_roles: bool, **fields: Any
) -> None:
    """Change what is kept of a person. Roles, organisation and longer days wait until a second person confirms them."""
    from qa_workflow.errors import UsageFault
    from qa_workflow.service.people import people

    given = _given(fields)
    if no_roles:
        given["roles"] = ()
    if not given:
        raise UsageFault("say what is to change, as --title, --role, --organisation, --email, --from or --to")
    with session.parts() as parts:
        who = actor(session, parts, person, people.ADMINISTER)
        entry = people.change(parts.house, name, given, actor=who, reason=reason, post=parts.gate.post)
    _answer(session, entry, f"{name} was changed." if entry.pending is None else "Saved, as far as one person may.")


@command("confirm", of=person_command, example="qa-workflow person confirm new-lead --as governance-officer")
@person_argument
@click.option("--change", "key", metavar="KEY", help="The change that you read, as `person list` shows it.")
@as_option
def confirm_command(session: Session, *, name: str, key: str | None, person: str | None) -> None:
    """Let a change that waits take effect. Not by whoever proposed it, nor by whose rights it raises."""
    from qa_workflow.service.people import people

    with session.parts() as parts:
        who = actor(session, parts, person, people.PUBLISH)
        entry = people.confirm(parts.house, name, actor=who, key=key)
    _answer(session, entry, f"The change to {name} is confirmed.")


@command(
    "reject",
    of=person_command,
    example='qa-workflow person reject new-lead --reason "Not in this team" --as governance-officer',
)
@person_argument
@click.option("--change", "key", metavar="KEY", help="The change that you read, as `person list` shows it.")
@reason_option
@as_option
def reject_command(session: Session, *, name: str, key: str | None, reason: str, person: str | None) -> None:
    """Let a change that waits come to nothing; whoever proposed it may, too."""
    from qa_workflow.service.people import people

    with session.parts() as parts:
        who = actor(session, parts, person, people.PUBLISH)
        entry = people.reject(parts.house, name, actor=who, key=key, reason=reason)
    _answer(session, entry, f"The change to {name} was rejected.")


@command(
    "cover",
    of=person_command,
    example="qa-workflow person cover quality-lead second-quality-lead 2027-08-02 2027-08-13 --as quality-lead",
)
@click.argument("covered", metavar="WHO-IS-AWAY", shell_complete=complete.people)
@click.argument("substitute", metavar="WHO-STANDS-IN", shell_complete=complete.people)
@click.argument("first", metavar="FIRST-DAY", required=False)
@click.argument("last", metavar="LAST-DAY", required=False)
@click.option("--end", is_flag=True, help="End the cover instead.")
@as_option
def cover_command(
    session: Session,
    *,
    covered: str,
    substitute: str,
    first: str | None,
    last: str | None,
    end: bool,
    person: str | None,
) -> None:
    """Let somebody stand in from one day to another, with what is open already; or end that."""
    from qa_workflow.calendar.written_days import written_day
    from qa_workflow.errors import UsageFault
    from qa_workflow.service.people import cover, people

    asked = [written_day(each) for each in (first, last) if each is not None]
    if not end and len(asked) != 2:
        raise UsageFault("say the first and the last day of the cover, as 2027-08-02 2027-08-13; or --end")
    with session.parts() as parts:
        who = actor(session, parts, person, people.ADMINISTER)
        if end:
            entry = cover.end(parts.house, covered, substitute, actor=who)
        else:
            entry = cover.arrange(parts.house, covered, substitute, *asked, actor=who)
    waits = entry.pending is not None and entry.pending.covers(covered)
    done = "Nothing holds yet." if waits else f"{substitute} stands in for {covered} on those days."
    _answer(session, entry, "The cover has ended." if end else done)


@command(
    "leave",
    of=person_command,
    example="qa-workflow person leave quality-lead 2027-06-30 --to second-quality-lead --as administrator",
)
@person_argument
@click.argument("day", metavar="LAST-DAY")
@click.option("--to", "taker", metavar="PERSON", shell_complete=complete.people, help="Who takes over what they hold.")
@click.option("--reason", metavar="TEXT", default="has left", show_default=True, help="Why; it stays in the history.")
@as_option
def leave_command(session: Session, *, name: str, day: str, taker: str | None, reason: str, person: str | None) -> None:
    """Note somebody's last day; what is with them by name goes to somebody else at once."""
    from qa_workflow.calendar import long_date
    from qa_workflow.calendar.written_days import written_day
    from qa_workflow.service.people import leaving, people

    last = written_day(day)
    with session.parts() as parts:
        who = actor(session, parts, person, people.ADMINISTER)
        entry = leaving.leave(parts.house, name, last, actor=who, to=taker, reason=reason)
        gaps = leaving.gaps_after(parts.house, name, last)
    _answer(session, entry, "\n".join([f"The last day of {name} is {long_date(last)}.", *gaps]))


@command("invite", of=person_command, example="qa-workflow person invite new-lead --as administrator")
@person_argument
@click.option("--at", "address", metavar="ADDRESS", help="The address of the pages, where no setting says it.")
@as_option
def invite_command(session: Session, *, name: str, address: str | None, person: str | None) -> None:
    """Make a link by which somebody sets a password, once and within seven days; by mail where mail is set up."""
    from qa_workflow.service.people import invitations, people

    with session.parts() as parts:
        who = actor(session, parts, person, people.ADMINISTER)
        base = address or session.settings.url or invitations.HERE
        invited = invitations.invite(parts.gate, name, actor=who, base=base, now=session.machine_time())

    def show(console: Console) -> None:
        if invited.link is None:
            console.print("The invitation was sent by mail.")
            return
        if invited.trouble:
            console.print(f"Mail did not take it ({invited.trouble}), so here it is:")
        console.print(f"Give {name} this link. It is shown this once, and counts once within seven days:")
        click.echo(invited.link)
        if base == invitations.HERE:
            console.print("Where `qa-workflow run` says another address, say it: --at ADDRESS, or QA_WORKFLOW_URL.")

    session.answer(invited, show)


@command(
    "forget-codes", of=person_command, example="qa-workflow person forget-codes committee-chair --as administrator"
)
@person_argument
@as_option
def forget_codes_command(session: Session, *, name: str, person: str | None) -> None:
    """Take back somebody's one-time codes, because a phone was lost; their next sign-in sets new ones up."""
    from qa_workflow.service.people import accounts, people

    with session.parts() as parts:
        who = actor(session, parts, person, people.ADMINISTER)
        accounts.forget_codes(parts.gate, name, actor=who, now=session.machine_time())
    said = f"The one-time codes of {name} were taken back; the next sign-in sets new ones up."
    session.answer({"person": name}, lambda console: console.print(said))


@command("sign-out", of=person_command, example="qa-workflow person sign-out quality-lead --as administrator")
@person_argument
@as_option
@yes_option
def sign_out_command(session: Session, *, name: str, person: str | None, yes: bool) -> None:
    """End every session of a person, and take back their keys for programs and calendar feeds. Asks first."""
    from qa_workflow.service.people import accounts, people

    with session.parts() as parts:
        who = actor(session, parts, person, people.ADMINISTER)
        with parts.house.looking() as (_, world):
            world.person(name)
        question = f"Sign {name} out everywhere, and take back their keys for programs and calendar feeds?"
        confirm(session, question, yes=yes)
        ended = accounts.sign_out_everywhere(parts.gate, name, actor=who, now=session.machine_time())
    count = f"Sessions ended: {ended.sessions}; keys taken back: {ended.keys}; feeds taken back: {ended.feeds}."
    said = f"{name} is signed out everywhere. {count}"
    data = {"person": name, **asdict(ended)}
    session.answer(data, lambda console: console.print(said))


@command("close", of=person_command, example="qa-workflow person close quality-lead --as administrator")
@person_argument
@as_option
def close_command(session: Session, *, name: str, person: str | None) -> None:
    """Close somebody's account at once: nobody signs in with it until an invitation opens it again."""
    from qa_workflow.service.people import accounts, people

    with session.parts() as parts:
        who = actor(session, parts, person, people.ADMINISTER)
        accounts.close(parts.gate, name, actor=who, now=session.machine_time())
    said = f"The account of {name} is closed. `qa-workflow person invite {name}` opens it again."
    session.answer({"person": name}, lambda console: console.print(said))


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    """What was said of a person; what was not said is not there."""
    from qa_workflow.calendar.written_days import written_day

    names = {"title": "title", "organisation": "organisation", "email": "email"}
    found: dict[str, Any] = {key: fields[name] for key, name in names.items() if fields[name] is not None}
    if fields["roles"]:
        found["roles"] = fields["roles"]
    for key, name in (("from", "start"), ("to", "until")):
        if (text := fields[name]) is not None:
            found[key] = None if text == "none" else written_day(text)
    return found


def _waits(entry: Entry) -> str:
    waits = entry.pending
    if waits is None:
        return ""
    told = "\n".join(f"{key}: {_value(value)}" for key, value in waits.change.items())
    return f"{told}\n(by {waits.by}, change {waits.key})"


def _value(value: Any) -> str:
    if isinstance(value, dict):  # a cover
        return f"{value['person']}, {value['from']} to {value['to']}"
    return (", ".join(value) if isinstance(value, list) else value) or "none"


def _json(entry: Entry) -> dict[str, Any]:
    from qa_workflow.service.entered import data

    kept = {name: value for name, value in data(entry).items() if name != "salt"}
    if entry.pending is not None:
        kept["pending"] = {**kept["pending"], "key": entry.pending.key}
    return {"name": entry.person.name, **kept, "revision": entry.revision}


def _answer(session: Session, entry: Entry, said: str) -> None:
    def show(console: Console) -> None:
        console.print(said)
        if entry.pending is not None:
            waits = f"Waits for a second person: qa-workflow person confirm {entry.person.name} --as PERSON"
            console.print(f"{_waits(entry)}\n{waits}", highlight=False)

    session.answer(_json(entry), show)
