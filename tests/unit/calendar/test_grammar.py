"""The grammar of due rules: what it reads, how it says it again, and every fault with its place and its remedy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa_workflow.calendar import (
    Anchor,
    AnchorKind,
    CalendarFault,
    DayKind,
    Direction,
    FixedDay,
    Offset,
    Rule,
    RuleFault,
    anchor_of,
    parse,
    time_rule,
)
from tests.unit.calendar.setting import ENTRY, rules

ANY = "use entry, opening, due, period start, period end, meeting, papers or the name of a field"


EXAMPLE = "'5 working days after entry'"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("5 working days after entry", Offset(5, DayKind.WORKING, Direction.AFTER, ENTRY)),
        ("1 working day after entry", Offset(1, DayKind.WORKING, Direction.AFTER, ENTRY)),
        ("  1   Working\tDays\nAFTER  Entry ", Offset(1, DayKind.WORKING, Direction.AFTER, ENTRY)),
        ("2 foi working days after entry", Offset(2, DayKind.FOI_WORKING, Direction.AFTER, ENTRY)),
        (
            "30 calendar days beginning with received_on",
            Offset(30, DayKind.CALENDAR, Direction.BEGINNING_WITH, Anchor(AnchorKind.FIELD, "received_on")),
        ),
        ("3 months ending with due", Offset(3, DayKind.MONTH, Direction.ENDING_WITH, Anchor(AnchorKind.DUE))),
        ("48 hours after opening", Offset(48, DayKind.HOUR, Direction.AFTER, Anchor(AnchorKind.OPENING))),
        ("1 week before period end", Offset(1, DayKind.WEEK, Direction.BEFORE, Anchor(AnchorKind.PERIOD_END))),
        (
            "5 clear working days before meeting of quality_and_governance_committee",
            Offset(
                5,
                DayKind.CLEAR_WORKING,
                Direction.BEFORE,
                Anchor(AnchorKind.MEETING, body="quality_and_governance_committee"),
            ),
        ),
        (
            "1 minute before papers of cqrg for subject",
            Offset(1, DayKind.MINUTE, Direction.BEFORE, Anchor(AnchorKind.PAPERS, body="cqrg", for_subject=True)),
        ),
        (
            "2 years after accuracy.check was done",
            Offset(2, DayKind.YEAR, Direction.AFTER, Anchor(AnchorKind.DONE, "accuracy.check")),
        ),
        ("period start", Anchor(AnchorKind.PERIOD_START)),
        ("review was entered", Anchor(AnchorKind.ENTERED, "review")),
        ("meeting was left", Anchor(AnchorKind.LEFT, "meeting")),
        ("on was done", Anchor(AnchorKind.DONE, "on")),
        ("one", Anchor(AnchorKind.FIELD, "one")),
        ("received_on", Anchor(AnchorKind.FIELD, "received_on")),
        ("on 30 April", FixedDay(30, 4)),
        ("ON 1 april in period", FixedDay(1, 4, in_period=True)),
        ("on 30 April after period end", FixedDay(30, 4, after=Anchor(AnchorKind.PERIOD_END))),
        ("on 30 April after papers of cqrg", FixedDay(30, 4, after=Anchor(AnchorKind.PAPERS, body="cqrg"))),
    ],
)
def test_what_the_grammar_reads(text: str, rule: Rule) -> None:
    assert parse(text) == rule


def test_the_normal_form_has_single_spaces_and_agrees_in_number() -> None:
    assert str(parse("1  WORKING days  after entry")) == "1 working day after entry"
    assert str(parse("2 foi working day after entry")) == "2 FOI working days after entry"
    assert str(parse("on 01 APRIL  in period")) == "on 1 April in period"


def test_an_anchor_knows_its_columns() -> None:
    """So that an unknown field or body can be shown where it stands; they are no part of what it is."""
    text = "5 working days after  accuracy.check was done"
    anchor = anchor_of(parse(text))
    assert anchor is not None
    assert text[anchor.start : anchor.end] == "accuracy.check was done"
    for text in ("on 30 April after meeting of cqrg for subject", "3 hours after meeting", "period end", "received_on"):
        anchor = anchor_of(parse(text))
        assert anchor is not None
        assert text.endswith(text[anchor.start : anchor.end])
        assert str(anchor) == text[anchor.start : anchor.end]


def test_what_a_rule_counts_from() -> None:
    assert anchor_of(parse("on 30 April")) is None
    assert anchor_of(parse("on 30 April in period")) == Anchor(AnchorKind.PERIOD_START)
    assert anchor_of(parse("on 30 April after due")) == Anchor(AnchorKind.DUE)
    assert anchor_of(parse("due")) == Anchor(AnchorKind.DUE)


FAULTS = [
    # text, what of it is marked, the message
    ("", "", "the rule is empty; write it as '5 working days after entry' or 'on 30 April'"),
    (
        "5 days after entry",
        "days",
        "'days' does not say which kind; say calendar days, working days, clear working days or FOI working days",
    ),
    (
        "1 day after entry",
        "day",
        "'day' does not say which kind; say calendar days, working days, clear working days or FOI working days",
    ),
    ("5 workin days after entry", "workin days", "unknown unit 'workin days'; did you mean 'working days'?"),
    ("1 workin day after entry", "workin day", "unknown unit 'workin day'; did you mean 'working day'?"),
    ("5 clear days before meeting", "clear days", "unknown unit 'clear days'; did you mean 'clear working days'?"),
    (
        "10 operational days after entry",
        "operational days",
        "unknown unit 'operational days'; did you mean 'working days'?",
    ),
    (
        "2 fortnights after entry",
        "fortnights",
        (
            "unknown unit 'fortnights'; use one of: calendar days, working days, clear working days, FOI working days, "
            "weeks, months, years, hours or minutes"
        ),
    ),
    ("5 after entry", "after", f"the unit is missing; say which days, and from when, as in {EXAMPLE}"),
    ("5", "", f"the unit is missing; say which days, and from when, as in {EXAMPLE}"),
    ("five working days after entry", "five", "'five' is not in figures; write '5'"),
    ("a month after entry", "a", "'a' is not in figures; write '1'"),
    (
        "-5 working days after entry",
        "-5",
        "an amount cannot be negative; leave the minus out, for 'before' and 'after' say which way",
    ),
    (
        "0 working days after entry",
        "0",
        "an amount of 0 moves nothing; for the anchor's own day, write the anchor alone, as in 'entry'",
    ),
    ("10001 hours after entry", "10001", "the amount is above 10,000; use a smaller amount, or a larger unit"),
    ("9" * 90 + " hours after entry", "9" * 90, "the amount is above 10,000; use a smaller amount, or a larger unit"),
    ("1,000 hours after entry", "1,000", "'1,000' is not a whole number; write '1000'"),
    (
        "1.5 hours after entry",
        "1.5",
        f"'1.5' is not a whole number; begin with a number in figures, as in {EXAMPLE}",
    ),
    (
        "5working days after entry",
        "5working",
        f"'5working' is not a whole number; begin with a number in figures, as in {EXAMPLE}",
    ),
    (
        "workin days after entry",
        "workin days after entry",
        f"the amount is missing; begin with a number, as in {EXAMPLE}",
    ),
    ("workin days", "workin days", f"the amount is missing; begin with a number, as in {EXAMPLE}"),
    ("before due", "before due", f"the amount is missing; begin with a number, as in {EXAMPLE}"),
    ("5 working days befor entry", "befor", "'befor' stands where a direction should; did you mean 'before'?"),
    ("5 working days from entry", "from", "'from' stands where a direction should; say 'after'"),
    ("5 working days prior to entry", "prior", "'prior' stands where a direction should; say 'before'"),
    (
        "5 working days entry",
        "entry",
        "'entry' stands where a direction should; say before, after, beginning with or ending with",
    ),
    ("5 working days beginning on entry", "beginning", "'beginning' lacks its 'with'; say 'beginning with'"),
    (
        "5 working days",
        "",
        "'5 working days' does not say from when; add a direction and an anchor, as in 'after entry'",
    ),
    ("5 working days after", "", f"the anchor after 'after' is missing; {ANY}"),
    (
        "2 hours beginning with entry",
        "beginning with",
        "hours have no day of the anchor to count; say 'before' or 'after'",
    ),
    (
        "5 clear working days ending with meeting",
        "ending with",
        "clear working days leave the anchor's own day out; say 'working days ending with', or 'after' or 'before'",
    ),
    ("5 working days after the meeting", "the", "an anchor is written without 'the'; write 'meeting'"),
    ("5 working days after perod end", "perod end", "'perod end' is not an anchor; did you mean 'period end'?"),
    (
        "5 working days after period-end",
        "period-end",
        "'period-end' is not the name of a field; did you mean 'period end'?",
    ),
    (
        "5 working days after period",
        "period",
        "'period' does not say which end; say 'period start' or 'period end'",
    ),
    ("5 working days after x y", "x y", f"'x y' is not an anchor; {ANY}"),
    (
        "5 working days after accuracy.check",
        "accuracy.check",
        (
            "'accuracy.check' does not say what happened to it; say 'accuracy.check was done', "
            "'accuracy.check was entered' or 'accuracy.check was left'"
        ),
    ),
    (
        "5 working days after check was",
        "was",
        "'check was' does not say what; say 'was done', 'was entered' or 'was left'",
    ),
    ("5 working days after check was don", "don", "'was don' is not known; did you mean 'done'?"),
    (
        "5 working days after Received_On",
        "Received_On",
        "'Received_On' has capital letters; names are in small letters: 'received_on'",
    ),
    (
        "5 working days after 2nd_draft",
        "2nd_draft",
        "'2nd_draft' is not the name of a field; use small letters, digits and '_', a letter first",
    ),
    ("5 working days after before", "before", f"'before' is a word of the grammar and no field; {ANY}"),
    (
        "5 working days before meeting of",
        "of",
        "'meeting of' does not say of which body; name it, as in 'meeting of cqrg'",
    ),
    (
        "5 working days before meeting of CQRG",
        "CQRG",
        "'CQRG' has capital letters; names are in small letters: 'cqrg'",
    ),
    (
        "5 working days before meeting of cqrg for provider",
        "for provider",
        "'for provider' is not known after a body; say 'for subject', or nothing",
    ),
    (
        "5 working days after entry at 12:00",
        "at 12:00",
        (
            "'at 12:00' cannot follow 'entry'; end the rule after 'entry', and write a time of day by itself, "
            'as at: "12:00"'
        ),
    ),
    (
        "5 working days after meeting on Monday",
        "on Monday",
        "'on Monday' cannot follow 'meeting'; end the rule after 'meeting'",
    ),
    ("on", "", "the day is missing; write it as 'on 30 April'"),
    ("on 30", "", "the month is missing; write it as 'on 30 April'"),
    ("on 30 February", "30 February", "there is no 30 February; use 28 February or 1 March"),
    ("on 29 February", "29 February", "29 February comes only in leap years; use 28 February or 1 March"),
    ("on 31 April after entry", "31 April", "there is no 31 April; use 30 April or 1 May"),
    ("on 32 December", "32 December", "there is no 32 December; use 31 December or 1 January"),
    ("on 0 April", "0 April", "there is no 0 April; use 1 April"),
    ("on 30 Febuary", "Febuary", "'Febuary' is not a month; did you mean 'February'?"),
    ("on 30 Sept.", "Sept.", "'Sept.' is not a month; did you mean 'September'?"),
    ("on 30 4", "4", "'4' is not a month; write its name out, from January to December"),
    ("on 30th April", "30th", "'30th' is not a day of the month; write '30'"),
    ("on April 30", "April 30", "the day comes before the month; write 'on 30 April'"),
    (
        "on 30/4",
        "30/4",
        "'30/4' is not a day of the month; write the day in figures and the month in words, as in 'on 30 April'",
    ),
    (
        "on period end",
        "period end",
        "'period end' is not a day of the month; for the very day of it, write 'period end' alone",
    ),
    ("on 30 April 2027", "2027", "a rule holds for every year; leave '2027' out"),
    (
        "on 30 April before period end",
        "before period end",
        "'before period end' cannot follow a fixed day; say 'in period', or 'after' and an anchor, or nothing",
    ),
    ("on 30 April after", "", f"the anchor after 'after' is missing; {ANY}"),
    ("30 April", "30 April", "a fixed day begins with 'on'; write 'on 30 April'"),
    (
        "within 5 working days",
        "within",
        "a rule cannot begin with 'within'; begin with the number, as in '5 working days after entry'",
    ),
    ("by 30 April", "by", "a rule cannot begin with 'by'; a fixed day is written 'on 30 April'"),
    ("x" * 301, "x", "a rule of 301 characters is too long; write it as '5 working days after entry'"),
]


@pytest.mark.parametrize(("text", "marked", "message"), FAULTS)
def test_a_faulty_rule_says_what_where_and_how_to_mend_it(text: str, marked: str, message: str) -> None:
    with pytest.raises(RuleFault) as refused:
        parse(text)
    fault = refused.value
    assert str(fault) == message == f"{fault.what}; {fault.mend}"
    assert text[fault.start : fault.end] == marked
    assert marked or fault.start == len(text)
    assert fault.key == "rule"


def test_columns_count_from_the_beginning_of_the_text() -> None:
    with pytest.raises(RuleFault) as refused:
        parse("   5  days after entry")
    assert (refused.value.start, refused.value.end) == (6, 10)


@given(rules)
def test_a_rule_is_read_back_from_what_it_says(rule: Rule) -> None:
    assert parse(str(rule)) == rule
    assert parse(f" {str(rule).replace(' ', '  ')} ") == rule


WORDS = st.sampled_from(
    [
        *(
            "5",
            "0",
            "-1",
            "10001",
            "٣",
            "²",
            "1e3",
            "days",
            "day",
            "working",
            "clear",
            "FOI",
            "calendar",
            "weeks",
            "hours",
        ),
        *(
            "before",
            "after",
            "beginning",
            "ending",
            "with",
            "on",
            "in",
            "period",
            "start",
            "end",
            "30",
            "29",
            "February",
        ),
        *("April", "meeting", "papers", "of", "for", "subject", "cqrg", "was", "done", "a.b", ".", "entry", "the", "X"),
    ]
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=9).map(" ".join), rules.map(str).flatmap(st.text)))
@example("5 \x00")
@example("on ٣ April")
@example("² working days after entry")
def test_random_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        rule = parse(text)
    except RuleFault as fault:
        check_fault(fault, text)
    else:
        assert parse(str(rule)) == rule


def check_fault(fault: RuleFault, text: str) -> None:
    """A place inside the text, and something to say about it."""
    assert 0 <= fault.start <= fault.end <= len(text)
    assert fault.what
    assert fault.mend


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        (Anchor, (AnchorKind.FIELD,)),
        (Anchor, (AnchorKind.FIELD, "meeting")),
        (Anchor, (AnchorKind.FIELD, "a.b")),
        (Anchor, (AnchorKind.ENTRY, "received_on")),
        (Anchor, (AnchorKind.ENTRY, "", "cqrg")),
        (Anchor, (AnchorKind.MEETING, "", "CQRG")),
        (Anchor, (AnchorKind.MEETING, "", None, True)),
        (Offset, (0, DayKind.WORKING, Direction.AFTER, ENTRY)),
        (Offset, (10_001, DayKind.WORKING, Direction.AFTER, ENTRY)),
        (Offset, (1, DayKind.HOUR, Direction.BEGINNING_WITH, ENTRY)),
        (Offset, (1, DayKind.CLEAR_WORKING, Direction.ENDING_WITH, ENTRY)),
        (FixedDay, (29, 2)),
        (FixedDay, (1, 13)),
        (FixedDay, (1, 4, True, ENTRY)),
    ],
)
def test_a_rule_that_could_not_be_said_cannot_be_built(value: Callable[..., Rule], parts: tuple[object, ...]) -> None:
    with pytest.raises(CalendarFault):
        value(*parts)


@pytest.mark.parametrize(
    ("rule", "pauses"),
    [
        ("5 working days after entry", True),
        ("5 working days after opening", True),
        ("5 working days after received_on", True),
        ("5 working days after check was done", True),
        ("review was entered", True),
        ("review was left", True),
        ("5 working days before due", False),
        ("5 working days before meeting", False),
        ("papers of cqrg", False),
        ("5 working days after period end", False),
        ("5 working days after period start", False),
        ("on 30 April", False),
        ("on 30 April after entry", False),
    ],
)
def test_by_default_a_hold_stops_what_counts_from_what_happened_to_the_item(rule: str, pauses: bool) -> None:
    assert time_rule(rule).pauses is pauses
    assert time_rule(rule, while_held="pauses").pauses
    assert not time_rule(rule, while_held="runs").pauses


def test_in_what_a_hold_is_given_back() -> None:
    given_back = {
        "5 working days after entry": DayKind.WORKING,
        "5 clear working days after entry": DayKind.WORKING,
        "5 FOI working days after entry": DayKind.FOI_WORKING,
        "5 weeks after entry": DayKind.CALENDAR,
        "6 months after entry": DayKind.CALENDAR,
        "5 hours after entry": DayKind.HOUR,
        "on 30 April": DayKind.CALENDAR,
        "entry": DayKind.CALENDAR,
    }
    assert {text: time_rule(text).held_in for text in given_back} == given_back
