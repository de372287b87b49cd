"""Lists with their filters that people keep: a row a name."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select

from qa_workflow.clock import from_micros, to_micros
from qa_workflow.service.ports.boards import SavedView
from qa_workflow.store.tables import metadata

VIEW = metadata.tables["saved_view"]
_OF = select(VIEW).where(VIEW.c.person == bindparam("person"), VIEW.c.page == bindparam("page")).order_by(VIEW.c.name)


def of(connection: Connection, person: str, page: str) -> list[SavedView]:
    """A person's for a page, by name."""
    return [
        SavedView(row.person, row.page, row.name, row.query, from_micros(row.changed_at))
        for row in connection.execute(_OF, {"person": person, "page": page})
    ]


def put(connection: Connection, view: SavedView) -> None:
    """Keep one, in place of the one of that name."""
    drop(connection, view.person, view.page, view.name)
    values = {"query": view.query, "changed_at": to_micros(view.changed_at)}
    connection.execute(insert(VIEW).values(person=view.person, page=view.page, name=view.name, **values))


def drop(connection: Connection, person: str, page: str, name: str) -> bool:
    """Forget one; whether it was there."""
    one = (VIEW.c.person == person, VIEW.c.page == page, VIEW.c.name == name)
    return connection.execute(delete(VIEW).where(*one)).rowcount > 0
