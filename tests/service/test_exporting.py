"""Lists that leave the house: within sight, as filtered, at most ten an hour, and on record before they leave."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from qa_workflow.effects.spreadsheets import Spreadsheets
from qa_workflow.service.boards.exporting import AN_HOUR, Asked, Exported, TooManyExports, export
from qa_workflow.service.boards.sheets import Format, Sheet
from qa_workflow.service.front import Engine
from qa_workflow.service.ports.boards import Boards
from qa_workflow.service.refusals import Unknown
from qa_workflow.testing import FakeClock
from tests.databases import Prepare
from tests.service.late import actor, house_of, late_work

WALL = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
A4_ACROSS = 150
"""Characters of Excel's usual size side by side on A4 lengthwise, within our margins."""
PAPER = """
workflow: paper
title: Paper
reference: P/{number}
fields: {lead: person, second: person}
stages:
  writing:
    owner: [person in lead, person in second]
    due: papers of board
    transitions: {send: {to: over, by: author}}
  over: {end: completed}
"""


@pytest.fixture
def office_pattern() -> Prepare:
    return late_work


@pytest.fixture(autouse=True)
def _by_now(clock: FakeClock) -> None:
    clock.set("2027-04-26T11:00")


def exported(engine: Engine, what: str = "overdue", person: str = "ann", **words: str) -> Exported:
    return export(house_of(engine), actor(engine, person), Asked(what, Format.CSV, words), Spreadsheets())


def rows(found: Exported) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(found.content.decode("utf-8-sig"), newline="")))


def records(engine: Engine) -> list[dict[str, object]]:
    with house_of(engine).store.reading() as look:
        boards: Boards = look.boards
        return [dict(line) for line in boards.recorded("access", datetime(2000, 1, 1, tzinfo=UTC), 100)]


def test_the_overdue_board_is_exported_with_all_that_it_shows(office: Engine) -> None:
    office.comment("A/1", "=the figures are promised", actor="ann", why_late=True)
    first, *others = rows(exported(office))
    assert len(others) == 3
    wanted = {
        "Item": "A/1",
        "Body": "The Board",
        "With": "Author",
        "Due": "2027-04-07",
        "First due": "2027-04-07",
        "Calendar days late": "19",
        "Late": "13 working days overdue",
        "Reason late": "'=the figures are promised",
        "Said by": "An author",
        "Basis": "local",
    }
    assert {name: first[name] for name in wanted} == wanted


@pytest.mark.parametrize("what", ["overdue", "items"])
def test_an_export_says_what_each_item_is_about_in_the_words_of_who_opened_it(
    office: Engine, clock: FakeClock, what: str
) -> None:
    """Two sub-items of one workflow would read alike; where nobody gave words, the workflow says what it is."""
    for site in ("Ward 3", "Ward 7"):
        office.open("visit", fields={"site": site}, actor="ann")
    clock.set("2027-05-20T11:00")
    told = {row["Item"]: row["What"] for row in rows(exported(office, what))}
    assert (told["V1/1"], told["V1/2"], told["A/1"]) == ("Ward 3", "Ward 7", "Quality Account")


def test_an_export_names_nothing_by_the_names_of_the_file(office: Engine, clock: FakeClock, tmp_path: Path) -> None:
    """Who reads it has never seen the text of the workflow."""
    (tmp_path / "definitions" / "paper.yaml").write_text(PAPER)
    office.publish([tmp_path / "definitions"], actor=None)
    office.open("paper", fields={"lead": "una", "second": "nora"}, actor="ann")
    clock.set("2027-09-20T11:00")
    (told,) = (row for row in rows(exported(office)) if row["Item"] == "P/1")
    assert (told["Rule"], told["With"]) == ("papers of The Board", "A contact")


def test_an_export_has_the_filters_of_its_page(office: Engine) -> None:
    assert [row["Item"] for row in rows(exported(office, late_from="14", owner="author"))] == ["A/1"]
    assert [row["Item"] for row in rows(exported(office, "items", subject="south"))] == ["R/2026-27-Q4/south"]


@pytest.mark.parametrize("what", ["overdue", "items"])
def test_an_export_has_no_more_than_one_may_see(office: Engine, what: str) -> None:
    assert {row["Item"] for row in rows(exported(office, what, "saul"))} == {"R/2026-27-Q4/south"}


def test_who_exported_what_is_on_record(office: Engine) -> None:
    exported(office, late_from="14", nonsense="x")
    (line,) = records(office)
    assert (line["kind"], line["data"]) == (
        "exported",
        {"by": "ann", "what": "overdue", "format": "csv", "filters": {"late_from": "14"}, "lines": 2},
    )


def test_it_is_on_record_before_it_leaves(office: Engine) -> None:
    """Whatever becomes of the file: what might have left is known."""

    class Broken:
        def write(self, sheet: Sheet, form: Format) -> bytes:
            raise OSError(f"{sheet.title} {form}")

    with pytest.raises(OSError, match="Overdue"):
        export(house_of(office), actor(office, "ann"), Asked("overdue", Format.XLSX, {}), Broken())
    assert [line["kind"] for line in records(office)] == ["exported"]


def test_the_eleventh_within_an_hour_is_refused_and_not_on_record(office: Engine) -> None:
    """Each person for themselves, and by the machine's clock: a rehearsal's may stand still."""

    def one(person: str, at: datetime) -> None:
        asked = Asked("overdue", Format.CSV, {}, at)
        export(house_of(office), actor(office, person), asked, Spreadsheets())

    for minute in range(AN_HOUR):
        one("ann", WALL + timedelta(minutes=minute))
    with pytest.raises(TooManyExports, match="10 lists within the hour"):
        one("ann", WALL + timedelta(minutes=30))
    assert len(records(office)) == AN_HOUR
    one("rob", WALL + timedelta(minutes=30))
    one("ann", WALL + timedelta(minutes=60, seconds=1))


@pytest.mark.parametrize(
    ("what", "printed"),
    [
        ("overdue", ["Item", "What", "About", "Stage", "With", "Due", "Late", "Reason late"]),
        ("items", ["Item", "What", "About", "Stage", "With", "Due", "Time left", "Status"]),
    ],
)
def test_what_is_printed_fits_a_sheet_of_a4_and_is_said_in_the_file(
    office: Engine, what: str, printed: list[str]
) -> None:
    made: list[Sheet] = []

    class Kept:
        def write(self, sheet: Sheet, form: Format) -> bytes:
            made.append(sheet)
            return Spreadsheets().write(sheet, form)

    chosen = {"workflow": "report", "owner": "author", "late_from": "1"}
    export(house_of(office), actor(office, "ann"), Asked(what, Format.XLSX, chosen), Kept())
    (sheet,) = made
    on_paper = sheet.columns[: sheet.printed]
    assert [column.title for column in on_paper] == printed
    assert sum(column.width for column in on_paper) <= A4_ACROSS
    assert sheet.foot == f"{sheet.title}, as it was on Monday 26 April 2027 at 12:00"
    assert dict(sheet.about)["On paper"].startswith(f"From Item to {printed[-1]};")
    days = {"overdue": "; 1 calendar day late or more"}.get(what, "")
    assert dict(sheet.about)["Filters"] == f"workflow: Quarterly report; with: Author{days}", "as its reader says it"


def test_a_list_that_is_not_there_is_told(office: Engine) -> None:
    with pytest.raises(Unknown, match="did you mean 'overdue'"):
        exported(office, "overdu")


def test_the_name_of_a_file_says_what_and_of_when(office: Engine) -> None:
    assert exported(office).name == "overdue-2027-04-26.csv"
    assert json.dumps(exported(office, "items").name) == '"items-2027-04-26.csv"'
