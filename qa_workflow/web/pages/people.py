"""People, for administrators: who is known, roles, cover, accounts; and changes that wait for a second person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.responses import Response

from qa_workflow.errors import Refusal
from qa_workflow.service.people import accounts, candidates, cover, invitations, leaving, people
from qa_workflow.service.people.person_checks import BadPerson
from qa_workflow.service.rights import right_words
from qa_workflow.web import cover_form, days
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door, right
from qa_workflow.web.outcomes import REFUSED, sentence
from qa_workflow.web.statuses import NotThere

door = Door()
ADMINISTER = right(people.ADMINISTER)
_TEXTS = ("title", "email", "organisation", "reason")


@door.get("/people", ADMINISTER)
def everybody(ask: Asked) -> Response:
    """Who is or was known."""
    standings = accounts.standings(ask.parts.gate, ask.wall_now)
    return ask.page("people/list.html", found=people.people(ask.house), standings=standings)


@door.get("/new-person", ADMINISTER)
def new(ask: Asked) -> Response:
    """The form for somebody new."""
    return _new(ask)


@door.post("/new-person", ADMINISTER)
def add(ask: Asked) -> Response:
    """Add this person; their roles wait for a second person."""
    problems: dict[str, str] = {}
    given = _given(ask, problems)
    name = ask.form.text("name")
    if problems:
        return _new(ask, problems)
    try:
        entry = people.add(ask.house, name, given, actor=ask.name, reason=ask.form.text("reason"))
    except BadPerson as refused:
        return _new(ask, {field: sentence(text) for field, text in refused.faults.items()})
    waits = " Their roles wait to be confirmed by a second person." if entry.pending else ""
    return ask.go(f"/people/{name}", said=f"{entry.person.title} was entered.{waits}")


@door.get("/people/{person}", ADMINISTER)
def one(ask: Asked, person: str) -> Response:
    """All about one."""
    return _one(ask, person)


@door.post("/people/{person}", ADMINISTER)
def change(ask: Asked, person: str) -> Response:
    """Change them; what decides how far they reach waits for a second person."""
    _known(ask, person)
    problems: dict[str, str] = {}
    given = _given(ask, problems)
    if problems:
        return _one(ask, person, problems)
    seen = ask.form.text("seen") or None
    try:
        before = people.person(ask.house, person)
        after = people.change(
            ask.house,
            person,
            given,
            actor=ask.name,
            reason=ask.form.text("reason"),
            seen=seen,
            post=ask.parts.gate.post,
        )
    except BadPerson as refused:
        return _one(ask, person, {field: sentence(text) for field, text in refused.faults.items()})
    except people.PersonMoved as refused:
        return _one(ask, person, {"title": str(refused)}, status=409)
    if after == before:
        return ask.go(f"/people/{person}", said="Nothing was changed.")
    waits = after.pending is not None and after.pending != before.pending
    return ask.go(
        f"/people/{person}",
        said="Saved. Roles, organisation or days wait to be confirmed by a second person." if waits else "Saved.",
    )


@door.post("/people/{person}/leave", ADMINISTER)
def leave(ask: Asked, person: str) -> Response:
    """Their last day, and who takes over."""
    _known(ask, person)
    problems: dict[str, str] = {}
    last_day = days.read_all(ask.form, problems, {"last": "The last day"})["last"]
    if last_day is None:
        return _one(ask, person, problems)
    taker = ask.form.text("taker") or None
    try:
        leaving.leave(ask.house, person, last_day, actor=ask.name, to=taker, reason=ask.form.text("why") or "has left")
    except BadPerson as refused:
        return _one(ask, person, {"last": sentence("; ".join(refused.faults.values()))})
    except Refusal as refused:
        return _one(ask, person, {"taker": sentence(str(refused))})
    return ask.go(f"/people/{person}", said="The last day is noted, and what they held has gone to its new holder.")


@door.post("/people/{person}/cover", ADMINISTER)
def arrange_cover(ask: Asked, person: str) -> Response:
    """Somebody stands in for this person."""
    _known(ask, person)
    problems: dict[str, str] = {}
    said = cover_form.arrange(ask, person, problems)
    return _one(ask, person, problems) if problems else ask.go(f"/people/{person}", said=said)


@door.post("/people/{person}/cover/end", ADMINISTER)
def end_cover(ask: Asked, person: str) -> Response:
    """No more cover."""
    _known(ask, person)
    try:
        cover.end(ask.house, ask.form.text("covered"), ask.form.text("substitute"), actor=ask.name)
    except REFUSED as refused:
        return _one(ask, person, {"substitute": sentence(str(refused))})
    return ask.go(f"/people/{person}", said="The cover has ended.")


@door.post("/people/{person}/invite", ADMINISTER)
def invite(ask: Asked, person: str) -> Response:
    """A link by which they set a password; shown here where no mail takes it."""
    _known(ask, person)
    try:
        invited = invitations.invite(ask.parts.gate, person, actor=ask.name, base=ask.base, now=ask.wall_now)
    except Refusal as refused:
        return _one(ask, person, {"account": sentence(str(refused))})
    if invited.link is None:
        return ask.go(f"/people/{person}", said="The invitation was sent by mail. It counts once, for seven days.")
    return ask.page("people/invited.html", invited=invited)


@door.post("/people/{person}/codes", ADMINISTER)
def forget_codes(ask: Asked, person: str) -> Response:
    """They lost their phone."""
    _known(ask, person)
    return _done(
        ask, person, accounts.forget_codes, "One-time codes were taken back; the next sign-in sets new ones up."
    )


@door.post("/people/{person}/sign-out", ADMINISTER)
def sign_out(ask: Asked, person: str) -> Response:
    """Everywhere."""
    _known(ask, person)
    return _done(
        ask,
        person,
        accounts.sign_out_everywhere,
        "They are signed out everywhere, and their keys for programs and calendar feeds are taken back.",
    )


@door.post("/people/{person}/close", ADMINISTER)
def close(ask: Asked, person: str) -> Response:
    """Nobody signs in as this person any more."""
    _known(ask, person)
    return _done(ask, person, accounts.close, "The account is closed. An invitation opens it again.")


@door.get("/confirmations", SIGNED_IN)
def confirmations(ask: Asked) -> Response:
    """Changes that wait for a second person: for who administers or publishes."""
    return _confirmations(ask)


@door.post("/confirmations", SIGNED_IN)
def confirm(ask: Asked) -> Response:
    """Confirm exactly what was read, or let it come to nothing."""
    person, key = ask.form.text("person"), ask.form.text("key")
    try:
        if ask.form.text("decision") == "reject":
            people.reject(ask.house, person, actor=ask.name, key=key, reason=ask.form.text("reason"))
            return ask.go("/confirmations", said="The change was rejected; nothing of it takes effect.")
        people.confirm(ask.house, person, actor=ask.name, key=key)
    except REFUSED as refused:
        return _confirmations(ask, sentence(str(refused)), about=person)
    return ask.go("/confirmations", said="The change is confirmed and holds from now on. They sign in again.")


def _confirmations(ask: Ask, problem: str = "", *, about: str = "") -> Response:
    waiting = people.waiting(ask.house, ask.name)
    return ask.page(
        "people/confirmations.html",
        status=422 if problem else 200,
        right_words=right_words,
        waiting=waiting,
        problem=problem,
        about=about if any(each.entry.person.name == about for each in waiting) else "",
    )


def _given(ask: Ask, problems: dict[str, str]) -> dict[str, Any]:
    """What the form says of a person."""
    found = days.read_all(ask.form, problems, {"from": "The first day", "to": "The last day"}, needed=False)
    return {
        "title": ask.form.text("title"),
        "email": ask.form.text("email"),
        "organisation": ask.form.text("organisation"),
        "roles": ask.form.texts("roles"),
        **found,
    }


def _done(ask: Ask, person: str, what: Any, said: str) -> Response:
    try:
        what(ask.parts.gate, person, actor=ask.name, now=ask.wall_now)
    except Refusal as refused:
        return _one(ask, person, {"account": sentence(str(refused))})
    return ask.go(f"/people/{person}", said=said)


def _known(ask: Ask, person: str) -> None:
    if person not in ask.world.governance.people:
        raise NotThere("nobody of this name is or was known here")


def _new(ask: Ask, problems: Mapping[str, str] | None = None) -> Response:
    form = ask.form if ask.request.method == "POST" else None
    texts = {name: form.text(name) if form else "" for name in ("name", *_TEXTS)}
    return ask.page(
        "people/new.html",
        status=422 if problems else 200,
        problems=dict(problems or {}),
        typed=texts,
        roles=form.texts("roles") if form else [],
        first=days.typed(form, "from"),
        last=days.typed(form, "to"),
    )


def _one(ask: Ask, person: str, problems: Mapping[str, str] | None = None, *, status: int | None = None) -> Response:
    _known(ask, person)
    entry = people.person(ask.house, person)
    known = entry.person
    form = ask.form if ask.request.method == "POST" and ask.request.url.path == f"/people/{person}" else None
    other = ask.form if ask.request.method == "POST" and form is None else None
    kept = {"title": known.title, "email": known.email or "", "organisation": known.organisation or "", "reason": ""}
    return ask.page(
        "people/one.html",
        status=status or (422 if problems else 200),
        problems=dict(problems or {}),
        entry=entry,
        known=known,
        typed={name: form.text(name) for name in _TEXTS} if form else kept,
        roles=form.texts("roles") if form else list(known.roles),
        first=days.typed(form, "from", known.start),
        last=days.typed(form, "to", known.until),
        standing=accounts.standing(ask.parts.gate, person, ask.wall_now),
        held=leaving.held_by(ask.house, person),
        covers=cover.arranged(ask.world.governance, person),
        others=list(candidates.in_place_of(ask.world, known, ask.today)),
        awaited=cover.awaited(ask.house, person),
        **cover_form.shown(ask),
        taker=other.text("taker") if other else "",
        leaves=days.typed(other, "last", _soon(known.until, ask.today)),
    )


def _soon(until: date | None, today: date) -> date | None:
    """A last day that is still to come stands in the form."""
    return until if until is not None and until >= today else None
