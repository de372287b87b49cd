"""Signing in with an account of this house: password, then a one-time code where somebody decides; and signing out.

Everything here lives by the machine's clock, handed in as `now`; whether somebody is here at all, by the clock of the
work. What happens becomes a line of the history `access`, which has names and nothing else of a person.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from qa_workflow.definition.governance import Person
from qa_workflow.errors import Refusal
from qa_workflow.service.house import Work
from qa_workflow.service.people import codes, feed_keys, sessions, throttle, ways_in
from qa_workflow.service.people.gate import (
    ACTIVE,
    CLOSED,
    Gate,
    SignInAgain,
    WrongSignIn,
    account_alone,
    account_in,
    decides,
    level_for,
    note,
    somebody,
)
from qa_workflow.service.people.passwords import LONGEST, require_strong
from qa_workflow.service.people.people import ADMINISTER
from qa_workflow.service.people.sessions import CODE_WANTED, FULL, SignedIn, digest
from qa_workflow.service.people.telling import tell
from qa_workflow.service.people.throttle import Try
from qa_workflow.service.people.tokens import KIND as KEY
from qa_workflow.service.people.ways_in import CODES, INVITATION
from qa_workflow.service.ports.access import Account, Key
from qa_workflow.service.refusals import NotYours
from qa_workflow.service.rights import both, require

_CODES_TAKEN_BACK = (
    "Your one-time codes were taken back",
    (
        "An administrator has taken back your one-time codes; at the next sign-in you set new ones up.\n\n"
        "If you did not ask for it, tell another administrator at once.\n"
    ),
)
In = tuple[str, SignedIn]
"""The value of the new cookie, and who is signed in by it."""


class NotARehearsalHere(Refusal):
    """Signing in without a password is for the demonstration."""

    code = "not_the_demonstration"

    def __init__(self) -> None:
        super().__init__("Signing in with one click is for the demonstration only; this database is a real one")


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody signs in, for themselves and for administrators. `invited_until` is of an invitation still open."""

    status: str | None
    has_password: bool
    has_code: bool
    needs_code: bool
    is_linked: bool
    invited_until: datetime | None


def sign_in(gate: Gate, typed: str, password: str, *, source: str | None, now: datetime) -> In:
    """Sign in with name (or address) and password; where a code is wanted too, only halfway.

    Raises:
        WrongSignIn: whatever the reason; it takes as long for a name that nobody has.
        TooManyTries: says how long to wait.
    """
    with gate.house.looking() as (look, world):
        person = somebody(world, typed)
        account = None if person is None else look.access.account(person.name)
    is_open = person is not None and account is not None and account.status == ACTIVE and gate.is_here(world, person)
    name = person.name if person is not None else f"nobody: {typed.strip().lower()[:254]}"
    tried = throttle.count(gate.house, name, source, now)
    hashed = account.password if account is not None and is_open and len(password) <= LONGEST else None
    right, renewed = gate.passwords.check(password[:LONGEST], hashed)
    if not right or account is None:
        _failed(gate, tried, None if person is None else person.name, now)
        raise WrongSignIn

    def work(work: Work) -> In:
        access = work.unit.access
        account_alone(access, name)
        current = access.account(name)
        if current is None or current.password != hashed:
            raise WrongSignIn
        if renewed is not None:
            access.put_account(replace(current, password=renewed))
        throttle.forgive(work, tried)
        level = level_for(current, work.actor(name), work.world)
        return let_in(work, name, level, now, by="password")

    return gate.house.write(work)


def give_code(gate: Gate, cookie: str, code: str, *, source: str | None, now: datetime) -> In:
    """The second half: the one-time code. The session is another from then on.

    Raises:
        WrongCode: it is not right, or was used already.
        SignInAgain: the first half is too long ago.
        TooManyTries: says how long to wait.
    """
    person = _halfway(gate, cookie, now)
    tried = throttle.count(gate.house, f"code of {person}", source, now)
    with gate.house.store.reading() as look:
        account = look.access.account(person)
    secret = None if account is None else account.code_secret
    if secret is None:
        raise SignInAgain
    step = codes.step_of(secret, code, now)
    if step is None:
        _failed(gate, tried, person, now)
        raise codes.WrongCode

    def work(work: Work) -> In:
        access = work.unit.access
        account_alone(access, person)
        if access.session(digest(cookie)) is None:  # other codes would have ended it, too
            raise SignInAgain
        if not access.use_code(person, step):
            raise codes.WrongCode
        throttle.forgive(work, tried)
        access.drop_session(digest(cookie))
        return let_in(work, person, FULL, now, by="password and code")

    return gate.house.write(work)


def enrol(gate: Gate, cookie: str, secret: str, code: str, *, now: datetime, password: str | None = None) -> In:
    """Begin to use one-time codes: the code shows that the app has the secret. The session is another from then on.

    Args:
        secret: as given by `codes.new_secret`.
        password: needed by who has codes already, and gets new ones.

    Raises:
        WrongCode, WrongSignIn, SignInAgain, TooManyTries
    """
    signed_in = sessions.find(gate.house, cookie, now=now)
    if signed_in is None or not codes.is_secret(secret):
        raise SignInAgain
    person = signed_in.person
    with gate.house.store.reading() as look:
        account = look.access.account(person)
    if account is not None and account.code_secret is not None:
        if not signed_in.is_full:
            raise SignInAgain
        _require_password(gate, person, password or "", now)
    tried = throttle.count(gate.house, f"code of {person}", None, now)
    step = codes.step_of(secret, code, now)
    if step is None:
        raise codes.WrongCode

    def work(work: Work) -> In:
        access = work.unit.access
        account_alone(access, person)
        if access.session(digest(cookie)) is None:
            raise SignInAgain
        current = account_in(access, person, now)
        access.put_account(replace(current, code_secret=secret, code_used=step, changed_at=now))
        throttle.forgive(work, tried)
        access.drop_sessions(person)
        note(work, now, "one-time codes set up", person)
        return let_in(work, person, FULL, now, by="password and code")

    return gate.house.write(work)


def forget_codes(gate: Gate, person: str, *, actor: str, now: datetime) -> None:
    """A phone was lost: the next sign-in sets one-time codes up anew, and the person is told by mail.

    For administrators, and not for themselves, nor for whoever has just invited the person to a new password.

    Raises:
        NotYours: the actor does not administer, or it is themselves.
        OneOfTwo: the actor invited them lately.
    """

    def work(work: Work) -> Person:
        what = f"take back the one-time codes of {person}"
        account_alone(work.unit.access, person)
        lent = _require_other(work, actor, person, what)
        known = work.world.person(person)
        ways_in.require_apart(work, person, INVITATION, actor=actor, what=what, now=now)
        current = account_in(work.unit.access, person, now)
        if current.code_secret is not None:
            ways_in.remember(work, person, CODES, by=both(actor, lent), now=now)
        work.unit.access.put_account(replace(current, code_secret=None, code_used=None, changed_at=now))
        work.unit.access.drop_sessions(person)
        note(work, now, "one-time codes taken back", person, by=actor)
        return known

    known = gate.house.write(work)
    tell(gate.post, known, known.email, *_CODES_TAKEN_BACK, now=now)


def change_password(
    gate: Gate, person: str, old: str, new: str, *, cookie: str, source: str | None, now: datetime
) -> None:
    """Another password; everywhere but here, the person is signed out.

    Raises:
        WrongSignIn: the old one is not right.
        WeakPassword: says why.
        SignInAgain: the session was ended meanwhile.
        TooManyTries: says how long to wait.
    """
    _require_password(gate, person, old, now, source)
    require_strong(new, context_of(gate, person))
    hashed = gate.passwords.hash(new)

    def work(work: Work) -> None:
        access = work.unit.access
        account_alone(access, person)
        if access.session(digest(cookie)) is None:
            raise SignInAgain
        access.put_account(replace(account_in(access, person, now), password=hashed, changed_at=now))
        access.drop_sessions(person, but=digest(cookie))
        note(work, now, "password changed", person)

    gate.house.write(work)


@dataclass(frozen=True, slots=True)
class Ended:
    """How many sessions ended, and how many keys for programs and calendar feeds were taken back."""

    sessions: int
    keys: int
    feeds: int


def sign_out_everywhere(gate: Gate, person: str, *, actor: str, now: datetime) -> Ended:
    """End every session of a person and take back every key and calendar feed; by themselves or an administrator.

    Who does this fears that somebody else acts in their name or reads what is theirs, and such a one makes a key first.
    """

    def work(work: Work) -> Ended:
        if actor != person:
            require(work, actor, ADMINISTER, f"sign {person} out")
        access = work.unit.access
        account_alone(access, person)
        ended = Ended(
            access.drop_sessions(person), access.drop_keys(KEY, person), feeds=feed_keys.end_all(work, person)
        )
        note(work, now, "signed out everywhere", person, by=actor, **asdict(ended))
        return ended

    return gate.house.write(work)


def close(gate: Gate, person: str, *, actor: str, now: datetime) -> None:
    """Nobody signs in with this account any more, until an invitation opens it again; done at once, by one person.

    Raises:
        NotYours: the actor does not administer, or it is themselves.
    """

    def work(work: Work) -> None:
        _require_other(work, actor, person, f"close the account of {person}")
        access = work.unit.access
        account_alone(access, person)
        current = account_in(access, work.world.person(person).name, now)
        access.put_account(replace(current, status=CLOSED, password=None, subject=None, changed_at=now))
        access.drop_sessions(person)
        access.drop_keys(INVITATION, person)
        note(work, now, "account closed", person, by=actor)

    gate.house.write(work)


def sign_in_as(gate: Gate, person: str, *, now: datetime) -> In:
    """One click, in a rehearsal; the pages offer it in the demonstration only.

    Raises:
        NotARehearsalHere: the database is a real one.
    """

    def work(work: Work) -> In:
        if work.look.house().get("kind") != "rehearsal":
            raise NotARehearsalHere
        if not work.world.person(person).is_active(work.day):
            raise WrongSignIn
        return let_in(work, person, FULL, now, by="one click")

    return gate.house.write(work)


def let_in(work: Work, person: str, level: str, now: datetime, *, by: str) -> In:
    """Begin a session, within a transaction; one that is whole becomes a line of the history."""
    if level == FULL:
        note(work, now, "signed in", person, by=by)
    return sessions.begin_in(work.unit.access, person, level=level, now=now)


def standing(gate: Gate, person: str, now: datetime) -> Standing:
    """How somebody signs in."""
    with gate.house.looking() as (look, world):
        day = world.day(gate.house.now())
        account, invitations = look.access.account(person), look.access.keys(INVITATION, person)
        return _standing(account, invitations, decides(world, world.actor(person, day)), now)


def standings(gate: Gate, now: datetime) -> dict[str, Standing]:
    """How each person who is known signs in, by name."""
    with gate.house.looking() as (look, world):
        day = world.day(gate.house.now())
        held = {account.person: account for account in look.access.accounts()}
        invited: dict[str, list[Key]] = {}
        for key in look.access.keys(INVITATION):
            invited.setdefault(key.person, []).append(key)
        staff = world.staff(day).actors
        return {
            name: _standing(held.get(name), invited.get(name, []), decides(world, actor), now)
            for name, actor in staff.items()
        }


def _standing(account: Account | None, invitations: list[Key], needs_code: bool, now: datetime) -> Standing:
    until = [
        key.ends_at for key in invitations if key.used_at is None and key.ends_at is not None and key.ends_at > now
    ]
    return Standing(
        None if account is None else account.status,
        account is not None and account.password is not None,
        account is not None and account.code_secret is not None,
        needs_code,
        account is not None and account.subject is not None,
        max(until, default=None),
    )


def context_of(gate: Gate, person: str) -> tuple[str, ...]:
    """Words that a guesser would try for this person."""
    with gate.house.looking() as (_, world):
        known = world.person(person)
        governance = world.governance
        organisation = governance.organisations.get(known.organisation or "")
        house = organisation.title if organisation else ""
        return (known.name, known.title, known.email or "", house, governance.title)


def _halfway(gate: Gate, cookie: str, now: datetime) -> str:
    found = sessions.find(gate.house, cookie, now=now)
    if found is None or found.level != CODE_WANTED:
        raise SignInAgain
    return found.person


def _failed(gate: Gate, tried: Try, person: str | None, now: datetime) -> None:
    """The last try that was allowed becomes a line of the history, if for somebody who exists, or from one place."""
    if (throttle.NAME in tried.is_last and person is not None) or throttle.SOURCE in tried.is_last:
        where = "one place" if throttle.SOURCE in tried.is_last else None
        gate.house.write(lambda work: note(work, now, "failed many times", person, source=where))


def _require_password(gate: Gate, person: str, password: str, now: datetime, source: str | None = None) -> None:
    tried = throttle.count(gate.house, person, source, now)
    with gate.house.store.reading() as look:
        account = look.access.account(person)
    right, _ = gate.passwords.check(password[:LONGEST], None if account is None else account.password)
    if not right:
        _failed(gate, tried, person, now)
        raise WrongSignIn
    gate.house.write(lambda work: throttle.forgive(work, tried), aside=True)


def _require_other(work: Work, actor: str, person: str, what: str) -> str | None:
    """Refuse who does not administer, and themselves; gives whose right is used, if it is not the actor's own."""
    lent = require(work, actor, ADMINISTER, what)
    if actor == person:
        raise NotYours(what, actor, ("another administrator",))
    return lent
