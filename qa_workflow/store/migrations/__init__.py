"""How the tables came to be as they are: one revision after the other, carried out inside the caller's transaction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013")
"""Every revision, oldest first; known here so that opening a database need not load the tool that makes the changes."""
HEAD = REVISIONS[-1]


def config() -> Config:
    """Where Alembic finds the revisions."""
    from alembic.config import Config

    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return found


def bring_to(connection: Connection, revision: str = HEAD) -> None:
    """Bring the tables to a revision, in the transaction that the connection is in: all of it, or nothing."""
    from alembic import command

    settings = config()
    settings.attributes["connection"] = connection
    if not connection.in_transaction():  # Alembic would begin transactions of its own, and commit them
        connection.begin()
    command.upgrade(settings, revision)
