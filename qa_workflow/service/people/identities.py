"""People who sign in with an identity of another house (OpenID Connect): whom such an identity stands for here.

The first time, a claim of the provider names the person, by their address or their name here; from then on the identity
itself does, so that an address that changes hands changes nobody's rights. A claim about roles may be asked for before
somebody is let in at all. It never gives roles here: those are given by two people of this house.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from qa_workflow.definition.governance import Person
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.house import Work
from qa_workflow.service.people.accounts import In, let_in
from qa_workflow.service.people.gate import ACTIVE, CLOSED, Gate, account_alone, account_in, by_address, note, small
from qa_workflow.service.people.sessions import FULL
from qa_workflow.service.people.ways_in import ADDRESS
from qa_workflow.service.world import World


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """Who vouches for people, and what is read from what it says.

    Attributes:
        issuer: its address, under which it publishes its configuration.
        title: what its button is called.
        person_claim: the claim that names the person the first time; `email` counts only if it is said to be verified.
        role_claim, roles: if there are roles, the claim must hold one of them, or nobody is let in.
        scopes: what is asked for.
    """

    issuer: str
    client: str
    secret: str
    title: str = "your organisation's account"
    person_claim: str = "email"
    role_claim: str = "roles"
    roles: frozenset[str] = frozenset()
    scopes: str = "openid email profile"

    def __post_init__(self) -> None:
        try:
            url = urlsplit(self.issuer)
        except ValueError:
            url = urlsplit("")
        if not url.hostname or (url.scheme != "https" and url.hostname not in ("localhost", "127.0.0.1")):
            raise UsageFault(
                f"the issuer {self.issuer!r} cannot be used; write its https address, as https://login.example.org"
            )

    def __repr__(self) -> str:
        """Without the secret, which does not belong into a log."""
        return f"IdentityProvider({self.issuer!r}, {self.client!r})"


class NotKnownHere(Refusal):
    """The provider knows somebody whom this house does not."""

    code = "not_known_here"

    def __init__(self, why: str) -> None:
        super().__init__(f"You signed in there, but not here: {why}. Ask an administrator")


def sign_in(gate: Gate, provider: IdentityProvider, claims: Mapping[str, Any], *, now: datetime) -> In:
    """Sign in whoever these claims stand for. They must have been proved to come from the provider.

    Raises:
        NotKnownHere: they stand for nobody, or for somebody who is not let in.
    """
    _require_role(provider, claims)
    subject = f"{provider.issuer}|{claims['sub']}"

    def work(work: Work) -> In:
        access = work.unit.access
        access.alone("identities")
        linked = access.account_of(subject)
        person = work.world.governance.people.get(linked.person) if linked else _named(work.world, provider, claims)
        if person is None:
            raise NotKnownHere("nobody here has this identity or this address")
        account_alone(access, person.name)
        account = account_in(access, person.name, now)
        if account.subject not in (None, subject):
            raise NotKnownHere("somebody else's identity belongs to this person here already")
        if account.status == CLOSED or not person.is_active(work.day):
            raise NotKnownHere("the account is not open")
        if account.subject is None:
            if account.password is not None and access.keys(ADDRESS, person.name):
                raise NotKnownHere("your address here was changed, and nobody else has vouched for it by inviting you")
            access.put_account(replace(account, status=ACTIVE, subject=subject, changed_at=now))
            note(work, now, "identity linked", person.name, issuer=provider.issuer)
        return let_in(work, person.name, FULL, now, by="identity")

    return gate.house.write(work)


def _named(world: World, provider: IdentityProvider, claims: Mapping[str, Any]) -> Person | None:
    """The one person whom the configured claim names, by address or by name."""
    value = claims.get(provider.person_claim)
    if not isinstance(value, str) or not value.strip():
        return None
    if provider.person_claim == "email" and claims.get("email_verified") is not True:
        raise NotKnownHere("your provider does not say that your address was verified")
    word = small(value.strip())
    return by_address(world, word) or (world.governance.people.get(word) if "@" not in word else None)


def _require_role(provider: IdentityProvider, claims: Mapping[str, Any]) -> None:
    if not provider.roles:
        return
    given = claims.get(provider.role_claim)
    told = [given] if isinstance(given, str) else given if isinstance(given, list | dict) else ()
    held = {each for each in told if isinstance(each, str)}
    if not held & provider.roles:
        raise NotKnownHere("your provider has not given you access to this program")
