"""The year as data: who does what, and when. Change a date, run the demonstration again, and see what follows from it.

The people are those of `workflows/governance.yaml`, known by their roles. Nobody and nothing here is real.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import NamedTuple

from year.deeds import (
    ChangeDate,
    Deed,
    Explain,
    Hold,
    KeepCheckpoint,
    MoveMeeting,
    Paper,
    Resume,
    Step,
    SwitchOff,
    SwitchOn,
    Together,
    london,
)

EVE = london("2027-03-31 15:00")
"""The workflows are published on the day before, so that the clock itself opens the year."""
END = london("2028-03-31 17:00")

LEAD, SECOND = "quality-lead", "second-quality-lead"
OFFICER, CHAIR, DIRECTOR = "governance-officer", "committee-chair", "director-of-quality"


class Report(NamedTuple):
    """One provider's quarterly report on its way up; None for what did not happen in the year.

    `sent` by the provider's contact, `minuted` by the quality lead, `answered` (feedback) by the second quality lead;
    the days on which committee and Governing Body had it stand in `MEETINGS`.
    """

    quarter: str
    provider: str
    sent: str | None
    minuted: str | None = None
    rating: str | None = None
    answered: str | None = None
    actions: tuple[str, ...] = ()
    due: str | None = None


REPORTS = (
    Report("2026-27-Q4", "ghft", "2027-05-13", "2027-06-04", "reasonable", "2027-06-21",
           ("Falls are assessed within six hours", "Discharge letters leave within 24 hours"), "2027-07-30"),
    Report("2026-27-Q4", "ghc", "2027-05-18", "2027-06-08", "partial", "2027-07-02",
           ("Waiting times of the eating disorder service are reported by age",), "2027-08-27"),
    Report("2026-27-Q4", "primary_care", "2027-05-14", "2027-06-02", "reasonable", "2027-06-24"),
    Report("2026-27-Q4", "care_homes", "2027-05-25", "2027-07-30", "partial", "2027-08-20",
           ("Every home has a named nurse for infection control",), "2027-10-29"),
    Report("2027-28-Q1", "ghft", "2027-07-15", "2027-08-06", "substantial", "2027-08-23"),
    Report("2027-28-Q1", "ghc", "2027-07-13", "2027-08-03", "reasonable", "2027-08-26"),
    Report("2027-28-Q1", "primary_care", "2027-07-16", "2027-08-16", "reasonable", "2027-08-31"),
    Report("2027-28-Q1", "care_homes", "2027-07-14", "2027-08-05", "reasonable", "2027-09-06"),
    Report("2027-28-Q2", "ghft", "2027-11-11", "2027-12-03", "reasonable", "2027-12-17"),
    Report("2027-28-Q2", "ghc", "2027-11-16", "2027-12-07", "reasonable", "2027-12-20",
           ("Restraint is recorded in the same way on every ward",), "2028-01-31"),
    Report("2027-28-Q2", "primary_care", "2027-11-12", "2027-12-10", "substantial", "2027-12-21"),
    Report("2027-28-Q2", "care_homes", None, "2028-02-04", "minimal", "2028-02-18",
           ("Care homes name one person who collects their quarterly figures",), "2028-03-31"),
    Report("2027-28-Q3", "ghft", "2028-01-14", "2028-02-04", "substantial", "2028-02-21"),
    Report("2027-28-Q3", "ghc", "2028-01-18", "2028-02-08", "reasonable"),
    Report("2027-28-Q3", "primary_care", "2028-01-13", "2028-02-01", "reasonable", "2028-02-22"),
    Report("2027-28-Q3", "care_homes", None),
)  # fmt: skip

MEETINGS = (
    ("2027-07-08", "assure", ("2026-27-Q4/ghft", "2026-27-Q4/primary_care")),
    ("2027-07-28", "receive", ("2026-27-Q4/ghft", "2026-27-Q4/primary_care")),
    ("2027-09-16", "assure", ("2026-27-Q4/ghc", "2026-27-Q4/care_homes", "2027-28-Q1/ghft", "2027-28-Q1/ghc",
                              "2027-28-Q1/primary_care", "2027-28-Q1/care_homes")),
    ("2027-09-29", "receive", ("2026-27-Q4/ghc", "2026-27-Q4/care_homes", "2027-28-Q1/ghft", "2027-28-Q1/primary_care",
                               "2027-28-Q1/care_homes")),
    ("2028-01-13", "assure", ("2027-28-Q2/ghft", "2027-28-Q2/ghc", "2027-28-Q2/primary_care")),
    ("2028-01-26", "receive", ("2027-28-Q2/ghft", "2027-28-Q2/ghc", "2027-28-Q2/primary_care")),
    ("2028-03-09", "assure", ("2027-28-Q2/care_homes", "2027-28-Q3/ghft", "2027-28-Q3/primary_care")),
    ("2028-03-29", "receive", ("2027-28-Q3/ghft", "2027-28-Q3/primary_care")),
)  # fmt: skip
"""What committee (`assure`) and Governing Body (`receive`) took note of, each meeting as one decision."""


def reports() -> Iterator[Deed]:
    """The ordinary way of a report: sent, minuted with a rating and actions, answered, noted above."""
    for each in REPORTS:
        item, contact = f"PA/{each.quarter}/{each.provider}", contact_of(each.provider)
        if each.sent:
            yield Step(london(each.sent), contact, item, "submit", {"report": Paper(f"Quality report {each.quarter}")})
        if each.minuted:
            agreed = {"actions": list(each.actions), "actions_due_on": each.due} if each.actions else {}
            minutes = {"minutes": Paper(f"Minutes on {item}"), "rating": each.rating, **agreed}
            yield Step(london(f"{each.minuted} 11:00"), LEAD, item, "accept", minutes)
        if each.answered:
            said = {"feedback": "Thank you for your report. What the group was not assured of stands in its minutes."}
            yield Step(london(f"{each.answered} 12:00"), SECOND, item, "send_feedback", said)
    for day, trigger, items in MEETINGS:
        yield Together(london(f"{day} 16:00"), CHAIR, trigger, tuple(f"PA/{each}" for each in items))


def accounts() -> Iterator[Deed]:
    """Two Quality Accounts: one without a hitch, one with every hitch there is."""
    good, hard = "QA/2026-27/ghft", "QA/2026-27/ghc"
    ghft, ghc = contact_of("ghft"), contact_of("ghc")
    draft, checked = Paper("Draft Quality Account"), {"data_checks": "Falls, infections, complaints: compared, agreed."}
    statement = {"statement": "The account agrees with the figures that we hold, and its priorities are ours too."}
    printed = Paper("Quality Account")
    yield Step(london("2027-04-30 16:30"), ghft, good, "receive", {"draft": draft, "received_on": "2027-04-30"})
    yield Explain(london("2027-04-30 16:45"), OFFICER, good)
    yield Step(london("2027-05-12"), LEAD, good, "check", {**checked, "rating": "substantial"})
    yield Step(london("2027-05-14"), "clinical-lead", good, "clear")
    comment = {"healthwatch_comment": "People told us that the account is easier to read than last year's."}
    yield Step(london("2027-05-20"), "healthwatch-officer", good, "healthwatch_comments", comment)
    yield Step(london("2027-05-21"), LEAD, good, "propose", statement)
    yield Step(london("2027-05-25"), DIRECTOR, good, "sign")
    yield Step(london("2027-05-26"), OFFICER, good, "send")
    where = {"published_on": "2027-06-24", "published_at": "https://example.org/ghft", "published_account": printed}
    yield Step(london("2027-06-24"), ghft, good, "publish", where)
    yield Step(london("2027-06-29"), LEAD, good, "matches")
    yield Step(london("2027-07-08 16:30"), CHAIR, good, "note")

    yield Step(london("2027-05-06"), ghc, hard, "receive", {"draft": draft, "received_on": "2027-05-06"})
    yield Step(london("2027-05-11"), LEAD, hard, "return", reason="The figures on restraint are last year's")
    again = {"draft": Paper("Second draft Quality Account"), "received_on": "2027-05-17"}
    yield Step(london("2027-05-17"), ghc, hard, "receive", again)
    yield Step(london("2027-05-27"), LEAD, hard, "check", {**checked, "rating": "reasonable"})
    yield Step(london("2027-06-01"), "clinical-lead", hard, "clear")
    comment = {"scrutiny_comment": "Members welcome the new crisis line and ask for its opening hours."}
    yield Step(london("2027-06-08"), "scrutiny-officer", hard, "scrutiny_comments", comment)
    yield Step(london("2027-06-10"), LEAD, hard, "propose", statement)
    yield Step(london("2027-06-11"), DIRECTOR, hard, "send_back", reason="Say what we think of the crisis line")
    yield Step(london("2027-06-14"), LEAD, hard, "propose", statement)
    yield Step(london("2027-06-15"), DIRECTOR, hard, "sign")
    yield Step(london("2027-06-15 15:00"), OFFICER, hard, "send")
    where = {"published_on": "2027-07-05", "published_at": "https://example.org/ghc", "published_account": printed}
    yield Step(london("2027-07-05"), ghc, hard, "publish", where)
    missing = {"differences": "The second page of our statement is not printed."}
    yield Step(london("2027-07-12"), LEAD, hard, "differs", missing)
    corrected = {"published_account": Paper("Quality Account, corrected")}
    yield Step(london("2027-07-21"), ghc, hard, "put_right", corrected)
    yield Step(london("2027-07-26"), LEAD, hard, "matches")
    yield Step(london("2027-09-16 16:30"), CHAIR, hard, "note")


def actions() -> Iterator[Deed]:
    """What the review groups agreed. The second one is overdue twice and goes up; the answer comes down again."""
    easy, hard, held, weak = "ACT/ghft/1", "ACT/ghft/2", "ACT/ghc/1", "ACT/care_homes/1"
    ghft, ghc, homes = contact_of("ghft"), contact_of("ghc"), contact_of("care_homes")
    for number, (item, lead) in enumerate(((easy, ghft), (hard, ghft), (held, ghc))):
        yield Step(london(f"2027-06-10 10:{number}0"), LEAD, item, "start", {"lead": lead})
    yield Step(london("2027-07-19"), ghft, easy, "submit_evidence", {"evidence": Paper("Audit of falls")})
    yield Step(london("2027-07-26"), SECOND, easy, "verify")
    yield Step(london("2027-07-27 11:00"), CHAIR, easy, "close")

    more = "The new letters are written, but two wards still print them"
    yield Step(london("2027-08-09"), ghft, hard, "revise", {"due_on": "2027-09-30"}, reason=more, refused=True)
    yield Step(london("2027-08-09 14:00"), LEAD, hard, "revise", {"due_on": "2027-09-30"}, reason=more)
    answer = {"committee_answer": "The trust's medical director answers for it from now on; one last date."}
    yield Step(london("2027-11-11 16:00"), CHAIR, hard, "receive", answer)
    yield Step(london("2027-11-15"), LEAD, hard, "take_up", {"lead": ghft, "due_on": "2028-01-14"})
    yield Step(london("2028-01-10"), ghft, hard, "submit_evidence", {"evidence": Paper("Audit of discharge letters")})
    yield Step(london("2028-01-17"), SECOND, hard, "verify")
    yield Step(london("2028-01-25 11:00"), CHAIR, hard, "close")

    yield Step(london("2027-08-05"), ghc, held, "submit_evidence", {"evidence": Paper("Waiting times by age")})
    yield Hold(london("2027-08-09 15:00"), LEAD, held, "The national audit has the figures until September")
    yield Resume(london("2027-09-06"), LEAD, held, "The national audit has answered")
    yield Step(london("2027-09-14"), SECOND, held, "verify")
    yield Step(london("2027-09-23 11:00"), CHAIR, held, "close")

    yield Step(london("2027-08-12"), LEAD, weak, "start", {"lead": homes})
    yield Step(london("2027-10-12"), homes, weak, "submit_evidence", {"evidence": Paper("List of named nurses")})
    back = "Eleven homes have no name on the list"
    yield Step(london("2027-10-19"), SECOND, weak, "send_back", {"due_on": "2027-11-30"}, reason=back)
    yield Step(london("2027-11-26"), homes, weak, "submit_evidence", {"evidence": Paper("Named nurses, complete")})
    yield Step(london("2027-12-02"), SECOND, weak, "verify")
    yield Step(london("2028-01-28 11:00"), CHAIR, weak, "close")

    late, last = "ACT/ghc/2", "ACT/care_homes/2"
    yield Step(london("2027-12-13"), LEAD, late, "start", {"lead": ghc})
    wards = "Two wards change over to the new records in February"
    yield Step(london("2028-01-28"), CHAIR, late, "revise", {"due_on": "2028-03-03"}, reason=wards)
    yield Step(london("2028-02-11"), LEAD, last, "start", {"lead": homes})


def exceptions() -> Iterator[Deed]:
    """What does not go as planned, and what the rules do not allow."""
    first = "PA/2026-27-Q4/primary_care"
    report = {"report": Paper("Quality report 2026-27-Q4, first try")}
    yield Step(london("2027-05-05"), contact_of("primary_care"), first, "submit", report)
    yield Step(london("2027-05-07"), LEAD, first, "return", reason="What patients said is missing for two months")
    hospitals = "PA/2026-27-Q4/ghft"
    yield Step(london("2027-05-12 14:00"), contact_of("ghc"), hospitals, "submit", report, refused=True)
    yield Step(london("2027-05-27 14:00"), LEAD, hospitals, "accept", {"rating": "reasonable"}, refused=True)
    yield Step(london("2027-06-14 14:00"), LEAD, hospitals, "send_feedback", {"feedback": "Well done."}, refused=True)

    committee = "quality_and_governance_committee"
    why = "Three members are on leave on the 9th; it would not be quorate"
    yield MoveMeeting(london("2027-08-27"), OFFICER, committee, "2027-09-09", london("2027-09-16 14:00"), why)

    yield SwitchOff(london("2027-09-27 08:00"), OFFICER, "The server moves to another building")
    yield SwitchOn(london("2027-10-04 09:00"), OFFICER)
    yield Step(london("2027-10-05"), OFFICER, "PA/2027-28-Q1/ghc", "receive")

    yield KeepCheckpoint(london("2027-10-06"), OFFICER)
    yield ChangeDate(
        london("2027-12-06"),
        OFFICER,
        "PA/2027-28-Q2/primary_care",
        date(2027, 12, 14),
        "chair's decision of 6 December 2027",
        DIRECTOR,
        "The group meets a second time on 9 December 2027",
    )


def contact_of(provider: str) -> str:
    """Who answers for a provider."""
    return f"{provider.replace('_', '-')}-contact"


def deeds() -> list[Deed]:
    """All of it in order of time; what happens at the same time, in the order written here."""
    return sorted(chain(reports(), accounts(), actions(), exceptions()), key=lambda deed: deed.at)
