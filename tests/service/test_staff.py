"""Whom a message is for, on one day."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from qa_workflow.definition import load_governance
from qa_workflow.definition.model import Who
from qa_workflow.engine import Item
from qa_workflow.engine.item import Did
from qa_workflow.service.staff import Staff

GOVERNANCE = b"""
governance: testing
title: A small commissioner
organisation: commissioner
calendars: {england: {}}
roles:
  lead: {title: Lead}
  contact: {title: Contact, scope: own organisation}
organisations:
  commissioner: {title: The commissioner, kind: commissioner}
  north: {title: North Trust, kind: provider}
  south: {title: South Trust, kind: provider}
bodies:
  board: {title: The Board}
people:
  ann: {title: Leads, roles: lead, organisation: commissioner}
  ned: {title: Of the north, roles: contact, organisation: north}
  sue: {title: Of the south, roles: contact, organisation: south}
"""
ITEM = Item("i", "P/1", "paper", 1, "hash", "north", None, "2027-04-01T08:00:00.000000Z")


@pytest.fixture
def staff() -> Staff:
    return Staff(load_governance(GOVERNANCE, "governance.yaml"), date(2027, 4, 1))


def test_a_message_is_for_the_holders_of_a_role_within_its_scope(staff: Staff) -> None:
    """The same role means others for an item of another organisation, however often it was asked before."""
    contacts = Who(roles=("contact",))
    for _ in range(2):
        assert staff.meant(contacts, ITEM) == ("ned",)
        assert staff.meant(contacts, replace(ITEM, subject="south")) == ("sue",)
        assert staff.meant(Who(roles=("contact", "lead")), ITEM) == ("ann", "ned")


def test_a_message_is_for_those_whom_the_item_names_each_once(staff: Staff) -> None:
    """By a field, or by what they did; as they are named now, and not when it was asked before."""
    named = Who(roles=("lead",), fields=("author",), did=("drafting.submit",))
    assert staff.meant(named, ITEM) == ("ann",)
    assert staff.meant(named, replace(ITEM, fields={"author": "sue"})) == ("ann", "sue")
    assert staff.meant(named, replace(ITEM, fields={"author": "ann"})) == ("ann",)
    done = {"drafting.submit": Did("ned", None, ITEM.opened_at, 1)}
    assert staff.meant(named, replace(ITEM, fields={"author": "sue"}, did=done)) == ("ann", "ned", "sue")
    assert staff.meant(named, replace(ITEM, fields={"author": "nobody"})) == ("ann",)


def test_who_is_away_hears_nothing_and_who_stands_in_does() -> None:
    """From the first day to the last; one who is away, too, hears nothing for another, and then it is not lost."""
    people = (
        b"  amy: {title: Stands in, roles: contact, organisation: north, covers: {ann: 2027-04-01 to 2027-04-09}}\n"
        b"  bea: {title: Another, roles: contact, organisation: south, covers: {amy: 2027-04-05 to 2027-04-09}}\n"
    )
    governance = load_governance(GOVERNANCE + people, "governance.yaml")
    leads = Who(roles=("lead",))
    told = {day: Staff(governance, date(2027, 4, day)) for day in (1, 4, 5, 10)}
    assert [staff.meant(leads, ITEM) for staff in told.values()] == [("amy",), ("amy",), ("ann",), ("ann",)]
    assert [staff.is_away("ann") for staff in told.values()] == [True, True, False, False]
    assert told[5].meant(Who(roles=("contact",)), ITEM) == ("ned", "bea")
    assert told[1].meant(Who(roles=("lead", "contact")), ITEM) == ("ned", "amy"), "once"
