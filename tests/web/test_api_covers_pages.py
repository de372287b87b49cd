"""API and pages hold together: whatever a page's form does, a program can do, or it is said here why not."""

from __future__ import annotations

import pytest

from qa_workflow.web.api import description
from qa_workflow.web.api.door import PREFIX
from tests.web.routes import ways
from tests.web.site import Site

SESSIONS = "a program shows a key; sessions are for browsers"
OWN_SECRETS = "it takes the person's own password or phone, which no program is to hold"
A_WAY_IN = "it lets somebody in, who would stay when the key is taken back; a person who is signed in does it"
DOES = {
    "/advance/{trigger}/{reference:path}": ("advance_item",),
    "/fill/{reference:path}": ("record_fields",),
    "/add/{reference:path}": ("add_sub_item",),
    "/comment/{reference:path}": ("comment_on_item",),
    "/claim/{reference:path}": ("claim_item",),
    "/release/{reference:path}": ("release_item",),
    "/assign/{reference:path}": ("assign_item",),
    "/hold/{reference:path}": ("hold_item",),
    "/resume/{reference:path}": ("resume_item",),
    "/cancel/{reference:path}": ("cancel_item",),
    "/change-date/{reference:path}": ("change_due_date",),
    "/correct/{reference:path}": ("correct_item",),
    "/open/{workflow}": ("open_item",),
    "/bulk": ("advance_many",),
    "/export/{file}": ("export_overdue", "export_items"),
    "/lists/{page}/keep": ("keep_view",),
    "/lists/{page}": ("rename_view", "forget_view"),
    "/feeds": ("give_feed", "take_feed_back"),
    "/digest": ("choose_digest",),
    "/account/cover": ("arrange_my_cover",),
    "/account/cover/end": ("end_my_cover",),
    "/account/sign-out-everywhere": ("sign_out_everywhere",),
    "/account/tokens/{token}/take-back": ("take_key_back",),
    "/drafts": ("begin_draft",),
    "/drafts/lint": ("check_text",),
    "/drafts/picture": ("check_text",),
    "/drafts/{number:int}": ("save_draft",),
    "/drafts/{number:int}/autosave": ("save_draft",),
    "/drafts/{number:int}/discard": ("discard_draft",),
    "/drafts/{number:int}/propose": ("propose_draft",),
    "/drafts/{number:int}/withdraw": ("withdraw_draft",),
    "/drafts/{number:int}/approve": ("approve_draft",),
    "/workflows/{name}/migrate": ("migrate_items",),
    "/calendars": ("foresee_day", "draft_day"),
    "/move-meeting/{body}/{key}": ("move_meeting",),
    "/calendars/go-on": ("go_on_counting",),
    "/new-person": ("add_person",),
    "/people/{person}": ("change_person",),
    "/people/{person}/leave": ("let_person_leave",),
    "/people/{person}/cover": ("arrange_cover",),
    "/people/{person}/cover/end": ("end_cover",),
    "/people/{person}/sign-out": ("sign_person_out",),
    "/people/{person}/close": ("close_account",),
    "/confirmations": ("confirm_change", "reject_change"),
    "/remove/{sha256}/{reference:path}": ("ask_removal",),
    "/removals": ("confirm_removal", "decline_removal"),
    "/machine-room/incidents/{number}/retry": ("try_again",),
    "/machine-room/incidents/{number}/give-up": ("give_up",),
    "/machine-room/incidents/{number}/retry-alike": ("try_again",),
    "/machine-room/incidents/{number}/give-up-alike": ("give_up",),
    "/machine-room/verify": ("verify_history",),
    "/machine-room/checkpoint": ("take_checkpoint",),
}
"""For each form of the pages the operations that do the same."""
NOT_BY_PROGRAMS = {
    "/sign-in": SESSIONS,
    "/sign-in/as": SESSIONS,
    "/sign-in/code": SESSIONS,
    "/sign-in/identity": SESSIONS,
    "/sign-out": SESSIONS,
    "/invitation/{key}": SESSIONS,
    "/account/password": OWN_SECRETS,
    "/account/codes": OWN_SECRETS,
    "/people/{person}/invite": A_WAY_IN,
    "/people/{person}/codes": A_WAY_IN,
    "/account/tokens": "a key that makes keys would outlive its own end, and being taken back",
    "/clock": "only a rehearsal's clock can be pushed; scripts do that from the command line",
}


@pytest.fixture
def forms(site: Site) -> set[str]:
    """Where the pages take a form."""
    return {way.path for way in ways(site.app) if way.method == "POST" and not way.path.startswith("/api/")}


def test_every_form_of_the_pages_has_its_operation_or_a_reason(forms: set[str]) -> None:
    assert sorted(forms - DOES.keys() - NOT_BY_PROGRAMS.keys()) == []


def test_no_form_is_told_of_that_is_not_there(forms: set[str]) -> None:
    assert sorted((DOES.keys() | NOT_BY_PROGRAMS.keys()) - forms) == []
    assert DOES.keys().isdisjoint(NOT_BY_PROGRAMS)


def test_every_operation_that_is_named_is_there() -> None:
    named = {name for names in DOES.values() for name in names}
    assert sorted(named - _operations().keys()) == []


def test_what_programs_do_asks_for_the_rights_that_the_page_asks_for(site: Site) -> None:
    """A right that a page's door asks for is asked for by each operation that does the same, and no other."""
    rights = {(way.method, way.path): way.allow.right for way in ways(site.app) if way.allow is not None}
    wrong = []
    for form, names in DOES.items():
        for name in names:
            asked = rights["POST", f"{_operations()[name]}"]
            if asked != rights["POST", form]:
                wrong.append(f"{form} asks for {rights['POST', form]}, {name} for {asked}")
    assert wrong == []


def _operations() -> dict[str, str]:
    """The addresses that take changes, by the name of the operation."""
    paths = description()["paths"]
    found = {way["post"]["operationId"]: path for path, way in paths.items() if "post" in way}
    assert all(path.startswith(PREFIX) for path in found.values())
    return found
