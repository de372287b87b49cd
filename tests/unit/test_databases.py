"""The tests' own databases: fresh for each test, real, and left behind by nobody."""

from collections.abc import Callable

from sqlalchemy import create_engine, text

from tests.databases import Databases, Prepare

CALLS: list[str] = []


def with_a_note(url: str) -> None:
    CALLS.append(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (said TEXT)"))
        connection.execute(text("INSERT INTO note VALUES ('prepared')"))
    engine.dispose()


def notes(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.begin() as connection:
        found = [row.said for row in connection.execute(text("SELECT said FROM note"))]
    engine.dispose()
    return found


def test_a_fresh_database_is_empty(database_url: str) -> None:
    """The table can be made, so no other test has left one."""
    with_a_note(database_url)
    assert notes(database_url) == ["prepared"]


def test_two_databases_of_one_test_are_two(databases: Databases) -> None:
    first, second = databases.fresh(), databases.fresh()
    with_a_note(first)
    with_a_note(second)
    assert first != second


def test_a_prepared_database_is_made_once_and_copied(prepared_database: Callable[[Prepare], str]) -> None:
    """What one copy is told, the next does not know."""
    first = prepared_database(with_a_note)
    made = len(CALLS)
    engine = create_engine(first)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO note VALUES ('mine')"))
    engine.dispose()
    assert notes(first) == ["prepared", "mine"]
    assert notes(prepared_database(with_a_note)) == ["prepared"]
    assert len(CALLS) == made
