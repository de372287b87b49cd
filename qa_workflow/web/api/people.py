"""People: who acts here; for who administers, entered, changed, covered, leaving; what waits for a second person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Path
from starlette.responses import Response

from qa_workflow.definition import governance
from qa_workflow.service.entered import Entry
from qa_workflow.service.house import House
from qa_workflow.service.items import once as keeping
from qa_workflow.service.people import accounts, cover, leaving, people
from qa_workflow.service.people.cover import Arranged
from qa_workflow.service.people.tokens import ADMINISTER
from qa_workflow.web.api.conditions import ENTRY_PATTERN, Key, SeenEntry, answered
from qa_workflow.web.api.conditions import tagged as with_revision
from qa_workflow.web.api.describing import ON_ITEM, READING, WRITING, answers, path_of, tagged
from qa_workflow.web.api.describing import once as once_told
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.models import people as models
from qa_workflow.web.statuses import NotThere

door = ApiDoor("people", __doc__)
RIGHT = people.ADMINISTER
Person = Annotated[
    str,
    Path(
        min_length=1,
        max_length=60,
        pattern="^[a-z][a-z0-9-]*$",
        description="A person's name.",
        examples=["quality-lead"],
    ),
]
_ON_PERSON = (*WRITING, 404)
_WHOLE = tagged(models.PersonInFull, *READING, 404, pattern=ENTRY_PATTERN)
_ADDED = tagged(models.PersonKept, *WRITING, status=201, pattern=ENTRY_PATTERN, again=True)
_CHANGED = tagged(models.PersonKept, *ON_ITEM, pattern=ENTRY_PATTERN)
_KEPT = tagged(models.PersonKept, *_ON_PERSON, pattern=ENTRY_PATTERN, again=True)


@door.get("/people", right="see_all", responses=answers(models.People, *READING))
def list_people(ask: Called) -> Response:
    """Everybody who acts, or did; whom work can be given to."""
    return ask.tell(models.People, {"people": [about(each, ask) for each in ask.world.governance.people.values()]})


@door.post("/people", right=RIGHT, scope=ADMINISTER, status_code=201, responses=_ADDED)
def add_person(ask: Called, body: models.NewPerson, key: Key) -> Response:
    """Enter somebody new. They are known at once; their roles wait for a second person."""
    told = _kept(
        ask, key, lambda house: people.add(house, body.name, body.given(), actor=ask.name, reason=body.reason), 201
    )
    told.headers["Location"] = path_of(f"/people/{body.name}")
    return told


@door.get("/people/{person}", right=RIGHT, scope=ADMINISTER, responses=_WHOLE)
def get_person(ask: Called, person: Person) -> Response:
    """All about one."""
    must_be_known(ask, person)
    entry = people.person(ask.house, person)
    told = {
        **_entry(ask, entry),
        "covers": _covers(ask, person),
        "standing": accounts.standing(ask.parts.gate, person, ask.wall_now),
        "held": leaving.held_by(ask.house, person),
    }
    return with_revision(ask.tell(models.PersonInFull, told), entry.revision)


@door.post("/people/{person}/change", right=RIGHT, scope=ADMINISTER, responses=_CHANGED)
def change_person(ask: Called, person: Person, body: models.PersonGiven, seen: SeenEntry, key: Key) -> Response:
    """Change what is kept of a person. Roles, organisation and longer days wait for a second person."""
    must_be_known(ask, person)

    post = ask.parts.gate.post

    def change(house: House) -> Entry:
        return people.change(house, person, body.given(), actor=ask.name, reason=body.reason, seen=seen, post=post)

    return _kept(ask, key, change)


@door.post("/people/{person}/leave", right=RIGHT, scope=ADMINISTER, responses=_KEPT)
def let_person_leave(ask: Called, person: Person, body: models.Leave, key: Key) -> Response:
    """Note the last day, and give what is with them by name to somebody else at once."""
    must_be_known(ask, person)

    def leave(house: House) -> Entry:
        return leaving.leave(house, person, body.last_day, actor=ask.name, to=body.to, reason=body.reason)

    return _kept(ask, key, leave)


@door.post("/people/{person}/cover", right=RIGHT, scope=ADMINISTER, responses=once_told(models.CoverSet, *_ON_PERSON))
def arrange_cover(ask: Called, person: Person, body: models.Substitute, key: Key) -> Response:
    """Let somebody stand in for a person; what is open with them already is the substitute's to do, too."""
    must_be_known(ask, person)
    return _covered(ask, person, body, key)


@door.post("/people/{person}/cover/end", right=RIGHT, scope=ADMINISTER, responses=answers(models.CoverSet, *_ON_PERSON))
def end_cover(ask: Called, person: Person, body: models.EndCover) -> Response:
    """No cover between the two from now on."""
    must_be_known(ask, person)
    cover.end(ask.house, body.covered, body.substitute, actor=ask.name, reason=body.reason)
    return ask.tell(models.CoverSet, {"covers": _covers(ask, person), "pending": None})


@door.post("/me/cover", responses=once_told(models.CoverSet, *WRITING))
def arrange_my_cover(ask: Called, body: models.Substitute, key: Key) -> Response:
    """Let somebody of one's own organisation stand in while one is away."""
    return _covered(ask, ask.name, body, key)


@door.post("/me/cover/end", responses=answers(models.CoverSet, *WRITING))
def end_my_cover(ask: Called, body: models.EndCover) -> Response:
    """No cover between the two from now on; for either of them."""
    cover.end(ask.house, body.covered, body.substitute, actor=ask.name, reason=body.reason)
    return ask.tell(models.CoverSet, {"covers": _covers(ask, ask.name), "pending": None})


@door.get("/confirmations", scope=ADMINISTER, responses=answers(models.Confirmations, *READING))
def list_confirmations(ask: Called) -> Response:
    """Changes to people that wait for a second person: for who administers or publishes."""
    return ask.tell(models.Confirmations, {"waiting": [_waiting(e) for e in people.waiting(ask.house, ask.name)]})


@door.post(
    "/confirmations/{person}/confirm",
    scope=ADMINISTER,
    responses=tagged(models.PersonKept, *_ON_PERSON, 409, pattern=ENTRY_PATTERN, again=True),
)
def confirm_change(ask: Called, person: Person, body: models.Confirm, key: Key) -> Response:
    """Let exactly the change that was read take effect; the person signs in again."""
    return _kept(ask, key, lambda house: people.confirm(house, person, actor=ask.name, key=body.key))


@door.post(
    "/confirmations/{person}/reject",
    scope=ADMINISTER,
    responses=tagged(models.PersonKept, *_ON_PERSON, 409, pattern=ENTRY_PATTERN, again=True),
)
def reject_change(ask: Called, person: Person, body: models.Reject, key: Key) -> Response:
    """Let a change that waits come to nothing; whoever proposed it may do so too."""
    return _kept(ask, key, lambda house: people.reject(house, person, actor=ask.name, reason=body.reason, key=body.key))


def about(person: governance.Person, ask: Caller) -> dict[str, Any]:
    """What everybody who may see the people is told of one."""
    told = {"name": person.name, "title": person.title, "organisation": person.organisation}
    return {**told, "roles": list(person.roles), "active": person.is_active(ask.today)}


def must_be_known(ask: Caller, person: str) -> None:
    """Raise `NotThere` for a name that nobody has or had."""
    if person not in ask.world.governance.people:
        raise NotThere("nobody of this name is or was known here")


def _kept(ask: Caller, key: Key, do: Callable[[House], Entry], status: int = 200) -> Response:
    done = keeping.once(ask.house, key, do, lambda entry: ask.told(models.PersonKept, _entry(ask, entry)))
    return with_revision(answered(done, status), done.said["revision"])


def _covered(ask: Caller, covered: str, body: models.Substitute, key: Key) -> Response:
    def arrange(house: House) -> Entry:
        return cover.arrange(
            house, covered, body.substitute, body.from_, body.until, actor=ask.name, reason=body.reason
        )

    def told(entry: Entry) -> dict[str, Any]:
        """What was set, or waits for a second person, and what else the substitute covers of this person."""
        found = [c for c in entry.person.covers if c.person == covered]
        waits = entry.pending if entry.pending is not None and entry.pending.covers(covered) else None
        covers = [Arranged(entry.person.name, c.person, c.start, c.until) for c in found]
        return ask.told(models.CoverSet, {"covers": covers, "pending": waits})

    return answered(keeping.once(ask.house, key, arrange, told))


def _covers(ask: Caller, person: str) -> list[Arranged]:
    with ask.house.looking() as (_, world):  # as it is after what was just done
        return cover.arranged(world.governance, person)


def _entry(ask: Caller, entry: Entry) -> dict[str, Any]:
    person = entry.person
    told = {"email": person.email, "start": person.start, "until": person.until}
    return {**about(person, ask), **told, "revision": entry.revision, "pending": entry.pending}


def _waiting(each: people.Waiting) -> dict[str, Any]:
    told = {"person": each.entry.person.name, "title": each.entry.person.title, "pending": each.pending}
    after = {"roles": each.after.roles, "organisation": each.after.organisation}
    return {**told, **after, "gains": each.gains, "why_not": each.why_not}
