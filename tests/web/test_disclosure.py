"""What is not disclosed to the subject's own people is behind no door of theirs; once it is disclosed, it is there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qa_workflow.engine import EVERYTHING, Sight
from qa_workflow.engine.refusals import NotNow
from qa_workflow.service.lists.story import meant
from qa_workflow.service.refusals import NotDisclosed
from tests.web.disclosing import APPRAISAL, CONTACT, MARK, STAFF, SUBJECT, Hidden, as_told, every_answer, seen, traces
from tests.web.filling import text
from tests.web.programs import Program, tag
from tests.web.site import Site

ASIDE = "  aside: {type: text, label: An aside, disclosed_from: never}"


def _found(site: Site, person: str, word: str) -> bool:
    """Whether a search finds the item by a word, on the page or for a program."""
    page = site.client(person).get("/items", params={"q": word, "status": "any"})
    listed = Program(site, person).get("/items", search=word, status="any", total="true")
    counted = site.client(person).get("/items", params={"q": word})
    on_page = "AP/" in text(page).replace("AP/{", "") or "AP/" in text(counted)
    assert bool(listed["items"]) is bool(listed["total"]) is on_page
    return on_page


def test_what_is_recorded_is_behind_no_door_of_the_subjects_people_before_it_is_disclosed(hidden: Hidden) -> None:
    """Recorded, rated, corrected with a reason and overdue: every page, list, file, feed and answer."""
    hidden.record()
    assert seen(hidden, CONTACT) == {}
    hidden.do("rate")
    hidden.correct(finding=f"{MARK} plums, put right")
    hidden.site.push(timedelta(days=20))
    hidden.site.wall.advance(days=20)
    assert seen(hidden, CONTACT) == {}
    assert "AP/1" in text(hidden.site.client(CONTACT).get("/overdue")), "else the board was not tried"


def test_a_hold_changes_nothing_of_it(hidden: Hidden) -> None:
    hidden.record()
    hidden.site.push(timedelta(days=20))
    hidden.engine.hold(hidden.item.reference, actor=STAFF, reason="A strike")
    assert {door: found for door, answer in every_answer(hidden, CONTACT) if (found := traces(answer))} == {}


def test_staff_see_it_all_the_time(hidden: Hidden) -> None:
    """So that the test above looks where something is."""
    hidden.record()
    told = seen(hidden, STAFF)
    reference, key = hidden.item.reference, hidden.item.id
    for door in (
        f"/items/{reference}", f"/live/{reference}?revision=0", f"/api/v1/items/{key}", f"/api/v1/items/{key}/history",
        f"/documents/{hidden.papers[0]['sha256']}/{reference}", "items as csv", "items as xlsx", "overdue as csv",
    ):  # fmt: skip
        assert door in told or door.startswith("overdue"), door


def test_it_is_there_once_the_item_comes_to_the_stage(hidden: Hidden) -> None:
    hidden.record()
    hidden.do("rate")
    hidden.do("tell")
    told = seen(hidden, CONTACT)
    assert f"/items/{hidden.item.reference}" in told
    assert f"/documents/{hidden.papers[1]['sha256']}/{hidden.item.reference}" in told
    assert "items as csv" in told
    assert _found(hidden.site, CONTACT, "plums")
    page = text(hidden.site.client(CONTACT).get(f"/items/{hidden.item.reference}"))
    assert f"{MARK}-never" not in page


def test_a_search_does_not_find_by_what_is_not_shown(hidden: Hidden) -> None:
    hidden.record()
    assert _found(hidden.site, STAFF, "plums")
    assert not _found(hidden.site, CONTACT, "plums")


def test_sent_back_what_is_recorded_anew_is_hidden_and_what_was_shown_stays(hidden: Hidden) -> None:
    hidden.record()
    hidden.do("rate")
    hidden.do("tell")
    hidden.do("again", "governance-officer", reason="More is needed")
    site, path = hidden.site, f"/items/{hidden.item.reference}"
    assert f"{MARK} finding" in text(site.client(CONTACT).get(path))
    hidden.item = hidden.engine.record(hidden.item, {"finding": "zqsecond finding"}, actor=STAFF)
    page = text(site.client(CONTACT).get(path))
    assert "zqsecond" not in page
    assert f"{MARK} finding" in page, "in the history, as it was told"
    hidden.do("rate")
    hidden.do("tell")
    assert "zqsecond" in text(site.client(CONTACT).get(path))


def test_what_was_replaced_before_it_was_shown_is_not_shown_afterwards(hidden: Hidden) -> None:
    hidden.record()
    hidden.item = hidden.engine.record(hidden.item, {"finding": "The final one"}, actor=STAFF, reason="Mistyped")
    hidden.do("rate")
    hidden.do("tell")
    answer = Program(hidden.site, CONTACT).get(f"/items/{hidden.item.id}/history")
    page = text(hidden.site.client(CONTACT).get(f"/items/{hidden.item.reference}"))
    for said in (str(answer), page):
        assert f"{MARK} finding" not in said
        assert "The final one" in said


def test_it_is_said_that_it_is_not_shown_and_from_when_on(hidden: Hidden) -> None:
    hidden.record()
    path = f"/items/{hidden.item.reference}"
    theirs = text(hidden.site.client(CONTACT).get(path))
    assert "What was found, Grade, The paper, Copies, Points, Score, Seen on and Summary are shown here" in theirs
    assert "once “Tell the provider” is done" in theirs
    assert "Note among us is not shown here." in theirs
    ours = text(hidden.site.client(STAFF).get(path))
    assert "Foundation Trust does not see this yet, but once “Tell the provider” is done" in ours


def test_nobody_fills_in_what_is_not_shown_to_them(hidden: Hidden) -> None:
    """Else they would learn whether something stands there, or write over it unseen."""
    hidden.record()
    hidden.do("back", reason="Once more")
    page = hidden.site.client(CONTACT).get(f"/advance/report.send/{hidden.item.reference}")
    assert "Send: AP/1" in page.text
    for path in ("advance/report.send", "fill"):
        page = hidden.site.client(CONTACT).get(f"/{path}/{hidden.item.reference}")
        assert page.status_code == 200
        assert "field.finding" not in page.text
    assert "field.greeting" in page.text
    told = Program(hidden.site, CONTACT).post(
        f"/items/{hidden.item.id}/advance",
        {"trigger": "send", "fields": {"finding": "mine"}},
        422,
        If_Match=tag(as_told(hidden.item)),
    )
    assert told["code"] == "not_disclosed"
    assert "“What was found” cannot be filled in by" in told["detail"]


def test_whether_a_hidden_field_is_filled_is_not_told_either(hidden: Hidden) -> None:
    """What a step of somebody else still lacks reads the same before and after."""
    steps = f"/items/{hidden.item.id}/steps"
    before = Program(hidden.site, CONTACT).get(steps)
    hidden.record()
    assert Program(hidden.site, CONTACT).get(steps) == before
    assert [step["missing"] for step in before["steps"] if step["trigger"] == "rate"] == [[]]


def test_no_history_tells_that_a_hidden_field_was_filled(hidden: Hidden) -> None:
    """By itself, put right, and with a step: of the step nothing but that, of the others nothing."""
    before = _history(hidden)
    values = hidden.values
    hidden.engine.record(hidden.item.reference, {"met_on": values.pop("met_on")}, actor=STAFF)
    told = _history(hidden)
    hidden.item = hidden.engine.record(hidden.item.reference, {"grade": "better"}, actor=STAFF)
    hidden.correct(grade="zqhidden_grade")
    wrong = hidden.item.revision
    hidden.engine.correct(hidden.item.reference, actor="governance-officer", reason="Not so", corrects=wrong)
    assert _history(hidden) == told
    hidden.do("rate", fields=values)
    last = _history(hidden)[-1]
    assert [(line["seq"], line["kind"]) for line in _history(hidden)] == [
        *((line["seq"], line["kind"]) for line in told), (len(told) + 1, "moved"),
    ]  # fmt: skip
    assert len(told) == len(before) + 1
    assert not {"set", "before", "not_shown", "undisclosed", "rests_on"} & set(last["data"])
    page = text(hidden.site.client(CONTACT).get(f"/items/{hidden.item.reference}"))
    assert "Grade" not in page.partition("History")[2]


def test_afterwards_nobody_learns_that_there_was_another_draft(hidden: Hidden) -> None:
    hidden.record()
    hidden.item = hidden.engine.record(hidden.item, {"finding": "The draft"}, actor=STAFF)
    hidden.item = hidden.engine.record(hidden.item, {"finding": "The final one"}, actor=STAFF)
    hidden.do("rate")
    hidden.do("tell")
    history = _history(hidden)
    assert [line["data"]["set"]["finding"] for line in history if "finding" in line["data"].get("set", ())] == [
        "The final one"
    ]
    assert "draft" not in str(history)


def _history(hidden: Hidden, person: str = CONTACT) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Program(hidden.site, person).get(f"/items/{hidden.item.id}/history")["events"]
    return found


def test_no_number_is_missing_in_a_history_of_which_something_is_kept_back(hidden: Hidden) -> None:
    """Nor does one event name another by a number that is not its own there, on the page, to a program or back."""
    engine, reference = hidden.engine, hidden.item.reference
    engine.comment(reference, "Between us", actor=STAFF, colleagues_only=True)
    said = engine.comment(reference, "On Monday", actor=STAFF)
    engine.comment(reference, "Between us again", actor=STAFF, colleagues_only=True)
    hidden.item = engine.correct(reference, actor="governance-officer", reason="On Tuesday", corrects=said.revision)
    history = _history(hidden)
    assert [line["seq"] for line in history] == [1, 2, 3, 4]
    assert (history[2]["corrected_by"], history[3]["corrects"]) == ([4], [3])
    assert "corrects" not in history[3]["data"]
    page = text(hidden.site.client(CONTACT).get(f"/items/{reference}"))
    assert "Event 4:" in page
    assert "Event 5:" not in page
    assert "see event 4" in page
    assert "Puts right event 3" in page
    theirs = _history(hidden, STAFF)
    assert [line["seq"] for line in theirs] == [1, 2, 3, 4, 5, 6]
    assert (theirs[3]["corrected_by"], theirs[5]["corrects"], theirs[5]["data"]["corrects"]) == ([6], [4], 4)


def test_who_corrects_names_an_event_by_the_number_that_they_were_told(hidden: Hidden) -> None:
    sight = Sight(subjects=frozenset({SUBJECT}))
    hidden.engine.comment(hidden.item.reference, "Between us", actor=STAFF, colleagues_only=True)
    hidden.item = hidden.engine.comment(hidden.item.reference, "To all", actor=STAFF)
    assert meant(hidden.site.house, sight, hidden.item, 3) == 4
    assert meant(hidden.site.house, EVERYTHING, hidden.item, 3) == 3
    assert meant(hidden.site.house, sight, hidden.item, 4) > hidden.item.revision, "there is none"


def test_the_public_page_has_nothing_that_was_never_disclosed(hidden: Hidden) -> None:
    """An item that ended where it is published, without having come to the stage."""
    hidden.record()
    hidden.do("drop")
    page = hidden.site.client(None).get("/published")
    assert hidden.item.reference in page.text
    assert {door: found for door, answer in every_answer(hidden, None) if (found := traces(answer))} == {}


def test_a_mail_has_no_word_of_it(hidden: Hidden) -> None:
    hidden.record()
    hidden.do("rate")
    hidden.do("tell")
    assert not any(MARK in str(row) for row in hidden.engine.outbox())


def test_nobody_fills_in_on_opening_what_is_not_shown_to_them(hidden: Hidden, tmp_path: Path) -> None:
    """Where a definition lets the subject's own people open items."""
    (tmp_path / "definitions" / "appraisal.yaml").write_text(
        APPRAISAL.replace("fields:", f"rights: {{open: [provider_contact]}}\nfields:\n{ASIDE}", 1)
    )
    hidden.engine.publish([tmp_path / "definitions"], actor=None)
    with pytest.raises(NotNow, match="ghft-contact may not fill in 'finding'"):
        hidden.engine.open("appraisal", actor=CONTACT, subject=SUBJECT, fields={"finding": "Nothing"})
    with pytest.raises(NotDisclosed, match="appraisal: “An aside” cannot be filled in by ghft-contact"):
        hidden.engine.open("appraisal", actor=CONTACT, subject=SUBJECT, fields={"aside": "No step asks for it"})
    hidden.engine.open("appraisal", actor=CONTACT, subject=SUBJECT, fields={"greeting": "Hello"})
