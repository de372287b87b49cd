"""Ways in which one person would decide for two: by cover, by an older look, by days, by a name; each is refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from qa_workflow.service.definitions import drafting, proposals
from qa_workflow.service.definitions.drafting import NotInThisState, SecondPersonWanted, TooFewPublishers
from qa_workflow.service.definitions.second_person import to_decide
from qa_workflow.service.front import Engine
from qa_workflow.service.house import House
from qa_workflow.service.people import cover, leaving, people, sessions
from qa_workflow.service.people.person_checks import BadPerson
from qa_workflow.service.ports.access import Account
from qa_workflow.service.refusals import NobodyPublishes, NotHere, NotYours
from qa_workflow.testing import FakeClock, Postbox
from tests.service.conftest import DEFINITIONS
from tests.service.staffed import EASTER, REPORT, staffed

LATER = REPORT.replace("10 working days after entry", "12 working days after entry")
SOONER = REPORT.replace("10 working days after entry", "8 working days after entry")


@pytest.fixture
def office(tmp_path: Path, staffed_url: str, clock: FakeClock, postbox: Postbox) -> Iterator[Engine]:
    with staffed(tmp_path, staffed_url, clock, postbox) as engine:
        yield engine


@pytest.fixture
def house(office: Engine) -> House:
    return office._house


def proposed(house: House, text: str = LATER, *, writer: str = "ada", proposer: str = "ada") -> drafting.Draft:
    """A draft of the report, proposed."""
    based_on = sha256(REPORT.encode()).hexdigest()
    begun = drafting.begin(house, "workflow", "report", text.encode(), based_on, actor=writer)
    return drafting.propose(house, begun.id, begun.revision, "", actor=proposer)


def approve(house: House, draft: drafting.Draft, actor: str) -> None:
    drafting.approve(house, draft.id, str(draft.proposed_hash), actor=actor)


# --- Drafts -----------------------------------------------------------------------------------------------------------


def test_who_stands_in_for_the_writer_does_not_approve(house: House) -> None:
    """Acting for somebody counts as both people."""
    cover.arrange(house, "ada", "abe", EASTER, EASTER, actor="ada")
    draft = proposed(house)
    with pytest.raises(SecondPersonWanted, match="ada wrote it"):
        approve(house, draft, "abe")
    approve(house, draft, "pip")


@pytest.mark.parametrize("step", ["wrote", "saved", "proposed"])
def test_whose_right_a_substitute_has_used_to_write_does_not_approve(house: House, step: str) -> None:
    """Amy may write only because Ada is away; a draft of hers is Ada's, too."""
    cover.arrange(house, "ada", "amy", EASTER, EASTER, actor="ada")
    if step == "saved":
        begun = drafting.begin(house, "workflow", "report", REPORT.encode(), None, actor="abe")
        saved = drafting.save(house, begun.id, LATER.encode(), begun.revision, actor="amy")
        draft = drafting.propose(house, saved.id, saved.revision, "", actor="abe")
    else:
        draft = proposed(
            house, writer="amy" if step == "wrote" else "abe", proposer="amy" if step != "wrote" else "abe"
        )
    with pytest.raises(SecondPersonWanted, match="ada"):
        approve(house, draft, "ada")
    approve(house, draft, "pip")


def test_what_was_published_meanwhile_wants_another_look(house: House) -> None:
    """A proposal of before would silently undo it: what it changes now is not what the second person has read."""
    first, second = proposed(house, LATER), proposed(house, SOONER)
    approve(house, first, "pip")
    with pytest.raises(NotInThisState, match="is being written"):
        approve(house, second, "pip")
    overtaken = drafting.draft(house, second.id)
    again = drafting.propose(house, overtaken.id, overtaken.revision, "", actor="ada")
    approve(house, again, "pip")


def test_what_was_published_from_files_meanwhile_wants_another_look(
    office: Engine, house: House, tmp_path: Path
) -> None:
    """The command line overtakes a proposal as an approval does; one for another definition waits on."""
    waits = proposed(house, LATER)
    visit = DEFINITIONS["visit.yaml"].replace("One visit", "A visit").encode()
    begun = drafting.begin(house, "workflow", "visit", visit, None, actor="ada")
    other = drafting.propose(house, begun.id, begun.revision, "", actor="ada")
    (tmp_path / "definitions" / "report.yaml").write_text(SOONER)
    office.publish([tmp_path / "definitions"], actor="abe")
    with pytest.raises(NotInThisState, match="is being written"):
        approve(house, waits, "pip")
    assert drafting.draft(house, other.id).status == proposals.PROPOSED


@pytest.mark.parametrize(
    ("publish", "why"), [("", "it gives nobody the right to"), ("  publish: visitor\n", "nobody holds visitor")]
)
def test_a_file_by_which_nobody_could_publish_the_next_one_is_refused(
    office: Engine, tmp_path: Path, publish: str, why: str
) -> None:
    """The mended file is taken afterwards: without that the house is locked for ever."""
    file = tmp_path / "definitions" / "governance.yaml"
    before = file.read_text().replace("roles:\n", "roles:\n  visitor: {title: Visitor}\n", 1)
    kept = "  publish: [administrator, publisher]\n"
    assert kept in before
    file.write_text(before.replace(kept, publish))
    with pytest.raises(NobodyPublishes, match=why):
        office.publish([file], actor="abe")
    file.write_text(before.replace(kept, "  publish: publisher\n"))
    assert [each.version for each in office.publish([file], actor="abe")] == [2]


def test_who_could_be_the_second_person_must_still_be_here_when_it_is_approved(house: House) -> None:
    """Two of the three have left since it was proposed: with one alone nothing could be published any more."""
    draft = proposed(house)
    for name in ("ada", "abe"):
        leaving.leave(house, name, EASTER - timedelta(days=1), actor="abe")
    with pytest.raises(TooFewPublishers, match="only pip could publish"):
        approve(house, draft, "pip")


def test_of_two_proposals_approved_at_once_one_is_published(house: House) -> None:
    """The other was read against what is not there any more."""
    drafts = [proposed(house, LATER), proposed(house, SOONER)]

    def approved(draft: drafting.Draft) -> bool:
        try:
            approve(house, draft, "pip")
        except NotInThisState:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(approved, drafts)) == [False, True]
    with house.looking() as (_, world):
        assert world.latest["report"].version == 2


def test_a_proposal_waits_for_those_who_could_approve_it(house: House) -> None:
    cover.arrange(house, "ada", "abe", EASTER, EASTER, actor="ada")
    draft = proposed(house)

    def offered(name: str) -> list[int]:
        return [each.id for each in to_decide(house, name, house.now(), publishes=True, confirms=False).drafts]

    assert (offered("pip"), offered("ada"), offered("abe")) == ([draft.id], [], [])


# --- People -----------------------------------------------------------------------------------------------------------


def test_who_waits_for_roles_is_not_moved_meanwhile(house: House) -> None:
    """Whoever confirms has read where the roles would reach; it would reach elsewhere."""
    contact = {"title": "A contact", "roles": ["contact"], "organisation": "north"}
    entry = people.add(house, "ned", contact, actor="ada")
    assert entry.pending is not None
    for given in ({"organisation": "south"}, {"from": date(2026, 1, 1)}, {"to": date(2030, 1, 1)}):
        with pytest.raises(BadPerson, match="waits"):
            people.change(house, "ned", given, actor="ada")
    confirmed = people.confirm(house, "ned", actor="pip", key=entry.pending.key)
    assert (confirmed.person.roles, confirmed.person.organisation) == (("contact",), "north")


def test_a_last_day_only_comes_nearer_by_one_person(house: House) -> None:
    """Otherwise who has left could be brought back, with all their rights, by letting them leave again."""
    leaving.leave(house, "pip", EASTER - timedelta(days=1), actor="ada")
    with pytest.raises(BadPerson, match="1 April 2027"):
        leaving.leave(house, "pip", EASTER + timedelta(days=365), actor="ada")
    assert people.person(house, "pip").person.until == EASTER - timedelta(days=1)


@pytest.mark.parametrize("why", ["named", "did"])
def test_who_is_not_here_does_nothing_though_an_item_names_them(office: Engine, house: House, why: str) -> None:
    """Days end rights that come by name as they end roles; a session, or a key, may outlast them."""
    task = office.claim(office.open("task", actor="amy"), actor="amy")
    task = office.advance(task, "finish", actor="amy", fields={"helper": "ann"})
    trigger, person, fields = "answer", "ann", {"note": "done"}
    if why == "did":
        task = office.advance(task, "answer", actor="ann", fields={"note": "done"})
        trigger, person, fields = "close", "amy", {}
    people.change(house, person, {"to": EASTER - timedelta(days=1)}, actor="ada")
    with pytest.raises(NotHere, match=f"{person} was here until 1 April 2027"):
        office.advance(task, trigger, actor=person, fields=fields)
    with pytest.raises(NotHere):
        office.comment(task, "still here", actor=person)


def test_who_begins_later_does_nothing_yet(office: Engine, house: House) -> None:
    people.change(house, "ann", {"from": EASTER + timedelta(days=3)}, actor="ada")
    with pytest.raises(NotHere, match="ann is here from 5 April 2027"):
        office.open("task", actor="ann")


def test_a_name_that_had_an_account_is_not_given_again(house: House, clock: FakeClock) -> None:
    """Whoever had it, and is in no file any more, would come in with their old identity as the new one."""
    before = Account("ned", "active", clock.now(), clock.now(), subject="elsewhere|ned")
    house.write(lambda work: work.unit.access.put_account(before))
    with pytest.raises(BadPerson, match="somebody here before"):
        people.add(house, "ned", {"title": "Another Ned"}, actor="ada")


# --- Cover ------------------------------------------------------------------------------------------------------------


def test_an_administrator_makes_nobody_a_stand_in_for_whoever_decides_alone(house: House) -> None:
    """Entered by Ada, invited by Ada: Mal might be Ada, and be the second person for all that she proposes."""
    people.add(house, "mal", {"title": "Mal", "organisation": "commissioner"}, actor="ada")
    waits = cover.arrange(house, "pip", "mal", EASTER, EASTER, actor="ada", reason="on leave")
    assert waits.person.covers == ()
    draft = proposed(house)
    with pytest.raises(NotYours):
        approve(house, draft, "mal")
    with pytest.raises(people.NotTheSame, match="An administrator proposed it"):
        people.confirm(house, "mal", actor="ada")
    (seen,) = people.waiting(house, "abe")
    assert seen.gains == ("publish",)
    people.confirm(house, "mal", actor="abe")
    approve(house, draft, "mal")


def test_what_waits_is_shown_to_who_may_confirm_it(house: House) -> None:
    people.change(house, "amy", {"roles": ["author", "reviewer"]}, actor="abe")
    assert [each.entry.person.name for each in people.waiting(house, "pip")] == ["amy"]
    with pytest.raises(NotYours):
        people.waiting(house, "ann")


def test_another_change_that_waits_is_not_lost_to_a_cover(house: House) -> None:
    people.change(house, "amy", {"roles": ["author", "reviewer"]}, actor="abe")
    with pytest.raises(cover.NoCover, match="waits already"):
        cover.arrange(house, "pip", "amy", EASTER, EASTER, actor="ada")


def test_an_administrator_arranges_cover_alone_between_people_of_the_same_rights(house: House) -> None:
    found = cover.arrange(house, "ann", "amy", EASTER, EASTER, actor="ada")
    assert [each.person for each in found.person.covers] == ["ann"]


def test_a_substitute_who_decides_from_today_on_signs_in_again(house: House, clock: FakeClock) -> None:
    """One-time codes are asked of who decides, and of who does so for somebody else."""
    cookies = {name: sessions.begin(house, name, level="full", now=clock.now())[0] for name in ("amy", "pip")}
    cover.arrange(house, "ada", "amy", EASTER, EASTER, actor="ada")
    cover.arrange(house, "ada", "pip", EASTER, EASTER, actor="ada")
    found = {name: sessions.find(house, cookie, now=clock.now()) for name, cookie in cookies.items()}
    assert (found["amy"], found["pip"] is not None) == (None, True)
