"""What letting people in works with, and who has to bring a one-time code beside the password."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qa_workflow.definition.governance import Person
from qa_workflow.engine import Actor
from qa_workflow.errors import Refusal
from qa_workflow.service.house import House, Work
from qa_workflow.service.people.passwords import Passwords
from qa_workflow.service.people.sessions import CODE_WANTED, FULL
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.access import AccessUnit, Account
from qa_workflow.service.ports.store import Carrier
from qa_workflow.service.world import World

ACTIVE, INVITED, CLOSED = "active", "invited", "closed"
DECIDING = ("publish", "administer", "meet", "cancel", "correct", "change_date")
"""Rights of the governance file that decide something: who holds one brings a one-time code."""


class WrongSignIn(Refusal):
    """One answer for every reason, so that it does not tell which names there are."""

    code = "wrong_sign_in"

    def __init__(self) -> None:
        super().__init__(
            "This name and this password do not belong together, or the account is not open. Check both and try again"
        )


class SignInAgain(Refusal):
    """A sign-in that was half done, or a session, has ended meanwhile."""

    code = "sign_in_again"

    def __init__(self) -> None:
        super().__init__("This sign-in has taken too long or has ended. Sign in again from the beginning")


@dataclass(frozen=True)
class Gate:
    """The house, what hashes passwords, and, where mail is set up, what takes invitations to people."""

    house: House
    passwords: Passwords
    post: Carrier | None = None

    def is_here(self, world: World, person: Person) -> bool:
        """Whether somebody is here today, by the clock of the work."""
        return person.is_active(world.day(self.house.now()))


def somebody(world: World, typed: str) -> Person | None:
    """Who is meant by what was typed: a name, or an address that one person alone has."""
    known = world.governance.people
    word = small(typed.strip())
    return known[word] if word in known else by_address(world, word)


def by_address(world: World, address: str) -> Person | None:
    """The one person who has this address."""
    people = world.governance.people.values()
    fitting = [each for each in people if each.email is not None and small(each.email) == small(address)]
    return fitting[0] if len(fitting) == 1 else None


def small(text: str) -> str:
    """In small letters, where that is harmless: there is a sign for Kelvin whose small letter is an ordinary k."""
    return text.lower() if text.isascii() else text


def decides(world: World, actor: Actor) -> bool:
    """Whether somebody, or whom they stand in for, decides: in a meeting, where four eyes are asked for, or by a right.

    Read from what is published, so that a new workflow asks its people for codes by itself.
    """
    return not actor.every_role.isdisjoint(_deciding(world))


def _deciding(world: World) -> frozenset[str]:
    found = {role for right in DECIDING for role in world.governance.rights.get(right, ())}
    for workflow in world.workflows.values():
        for stage in workflow.stages.values():
            for transition in stage.transitions.values():
                four_eyes = transition.not_by
                if stage.meeting is not None or four_eyes.roles or four_eyes.did or four_eyes.fields:
                    found.update(transition.by.roles)
    return frozenset(found)


def level_for(account: Account | None, actor: Actor, world: World) -> str:
    """How far a right password lets somebody in."""
    has_code = account is not None and account.code_secret is not None
    return CODE_WANTED if has_code or decides(world, actor) else FULL


def note(work: Work, now: datetime, kind: str, person: str | None, **more: Any) -> None:
    """A line of the history of who came in; by the machine's clock."""
    told: Mapping[str, Any] = {name: value for name, value in more.items() if value is not None}
    work.unit.record(streams.ACCESS, now, kind, {"person": person, **told})


def account_alone(access: AccessUnit, person: str) -> None:
    """Of two transactions about one account the second waits here, before it looks, for what the first has done.

    Else each of two could find that the other has not been, and one person do what takes two.
    """
    access.alone(f"account:{person}")


def is_closed(account: Account | None) -> bool:
    """Whether nothing that was given away in this person's name is good any more, until somebody invites them."""
    return account is not None and account.status == CLOSED


def account_in(access: AccessUnit, person: str, now: datetime) -> Account:
    """The person's account, or the beginning of one."""
    return access.account(person) or Account(person, INVITED, now, now)
