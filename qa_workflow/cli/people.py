"""Who is known here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from qa_workflow.cli.command import command
from qa_workflow.cli.session import Session, today_of

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from qa_workflow.definition.governance import Person


def days(person: Person, today: date) -> str:
    """From when or until when somebody is here, and for whom they stand in, now or later."""
    from qa_workflow.calendar import long_date

    said = [f"from {long_date(person.start)}"] if person.start and person.start > today else []
    said += [f"until {long_date(person.until)}"] if person.until else []
    said += [
        f"for {cover.person}, {long_date(cover.start)} to {long_date(cover.until)}"
        for cover in person.covers
        if cover.until >= today
    ]
    return "\n".join(said)


@command("people", example="qa-workflow people --role quality_lead")
@click.option("--role", metavar="NAME", help="Only those who hold this role.")
@click.option("--all", "every", is_flag=True, help="Those who have left, or are still to come, too.")
def people_command(session: Session, *, role: str | None, every: bool) -> None:
    """List who is known, with their roles and organisations; these names are what --as takes."""
    from qa_workflow.cli.tables import table
    from qa_workflow.service.refusals import Unknown

    with session.parts() as parts, parts.house.looking() as (_, world):
        day = today_of(parts, world)
        if role is not None and role not in world.governance.roles:
            raise Unknown("role", role, tuple(world.governance.roles))
        found = [
            p
            for p in world.governance.people.values()
            if (every or p.is_active(day)) and (role is None or role in p.roles)
        ]
        data = [
            {
                "name": p.name,
                "title": p.title,
                "roles": list(p.roles),
                "organisation": p.organisation,
                "active": p.is_active(day),
            }
            for p in found
        ]

    def show(console: Console) -> None:
        rows = [
            (p.name if p.is_active(day) else f"{p.name} (not now)", "\n".join(p.roles), p.organisation, days(p, day))
            for p in found
        ]
        console.print(table(("Person", "Roles", "Organisation", "Days"), rows, whole=("Person", "Roles")))

    session.answer(data, show)
