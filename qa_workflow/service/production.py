"""What stands in the way of real work: everything that is for tests or for show, each with why and how to mend it.

All of it is told at once, so that it is mended at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from qa_workflow.definition.governance import Person
from qa_workflow.errors import UsageFault
from qa_workflow.service.definitions.drafting import PUBLISH
from qa_workflow.service.house import House
from qa_workflow.service.rights import FEWEST, holders
from qa_workflow.service.time import rehearsing
from qa_workflow.service.world import World

SHORTEST_SECRET = 16
"""Characters; 16 random letters and digits cannot be guessed."""
_SHOWN = 6
_EXAMPLE = ("example.org", "example.com", "example.net", "example", "test", "invalid", "localhost")
"""Where no mail arrives, by RFC 2606: the people of the demonstration live there."""
_COMMON = ("changeme", "change-me", "password", "secret", "example", "token", "default", "qa-workflow", "qa_workflow")
_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that is in the way: what, why it matters, how to mend it."""

    what: str
    why: str
    mend: str

    def __str__(self) -> str:
        return f"{self.what}. {self.why}. {self.mend}."


class NotForProduction(UsageFault):
    """Settings, or a database, that are not for real work."""

    code = "not_for_production"

    def __init__(self, objections: Sequence[Objection]) -> None:
        self.objections = tuple(objections)
        count = "one reason" if len(objections) == 1 else f"{len(objections)} reasons"
        told = "\n".join(f"  {number}. {each}" for number, each in enumerate(objections, 1))
        super().__init__(f"--production refuses to start, for {count}:\n{told}")


@dataclass(frozen=True, slots=True)
class Plan:
    """How somebody wants to run this.

    Attributes:
        for_tests: the settings for tests that are set, by name.
        demonstration: newcomers would sign in with one click.
        url: the address that people type.
        host: the address at which this process listens.
        proxy: from where requests are passed on to us, beside this machine.
        secrets: settings that only work while nobody guesses them, by name; empty ones are left out.
    """

    for_tests: Sequence[str] = ()
    demonstration: bool = False
    url: str | None = None
    host: str = "127.0.0.1"
    proxy: str | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    has_mail: bool = False


def about_settings(plan: Plan) -> Iterator[Objection]:
    """What stands in the way without looking at any database."""
    if plan.for_tests:
        yield Objection(
            f"{' and '.join(plan.for_tests)} {'is' if len(plan.for_tests) == 1 else 'are'} for tests",
            "With them time can be made up, or the program made to die",
            f"Unset {'it' if len(plan.for_tests) == 1 else 'them'}",
        )
    if plan.demonstration:
        yield Objection(
            "--demonstration lets anybody sign in as anybody with one click",
            "Nothing that is done then says who did it",
            "Leave it out",
        )
    yield from _address(plan)
    for name, secret in plan.secrets.items():
        if is_weak(secret):
            yield Objection(
                f"{name} is a weak secret",
                "Whoever guesses it is let in",
                f"Make one of at least {SHORTEST_SECRET} characters by chance, as `openssl rand -hex 32` does",
            )


def about_house(house: House) -> Iterator[Objection]:
    """What stands in the way in the database."""
    if rehearsing.is_rehearsal(house):
        yield Objection(
            "The database is a rehearsal", "Its clock can be set by anybody", "Make a real one with `qa-workflow init`"
        )
    with house.looking() as (_, world):
        day = world.day(house.now())
        people = [person for person in world.governance.people.values() if person.is_active(day)]
        yield from _show_people(people)
        yield from _publishers(world, day)


def warnings(plan: Plan) -> Iterator[str]:
    """What can be lived with, and should be known."""
    if not plan.has_mail:
        yield (
            "No mail server is set, so reminders and escalations stand in the log and reach nobody; "
            "set QA_WORKFLOW_MAIL and QA_WORKFLOW_MAIL_FROM"
        )


def is_weak(secret: str) -> bool:
    """Whether a secret can be guessed: short, made of few characters, or a word that stands in manuals."""
    plain = secret.strip().lower()
    most = max(Counter(plain).values(), default=0)
    return (
        len(plain) < SHORTEST_SECRET
        or len(set(plain)) < SHORTEST_SECRET // 2
        or most > len(plain) // 2
        or any(plain.replace(word, "") == "" or plain.startswith(word) for word in _COMMON)
    )


def _address(plan: Plan) -> Iterator[Objection]:
    url = urlsplit(plan.url or "")
    is_here = plan.host in _LOCAL
    if plan.url is None or not url.hostname:
        yield Objection(
            "No public address is set",
            "Forms, cookies and messages are bound to the address that people type",
            "Set QA_WORKFLOW_URL, as https://quality.example.org, to the address of your proxy",
        )
    elif url.scheme != "https" and not (is_here and url.hostname in _LOCAL):
        yield Objection(
            f"The public address begins with {url.scheme}://",
            "Passwords and sessions would cross the network for everybody to read",
            "Set QA_WORKFLOW_URL to an https address, and let your proxy have the certificate",
        )
    if not is_here and plan.proxy is None:
        yield Objection(
            f"--host {plan.host} answers the whole network without encryption",
            "Passwords and sessions could be read on the way",
            "Use --host 127.0.0.1 behind a proxy on this machine, or name the proxy's address in QA_WORKFLOW_PROXY",
        )


def _show_people(people: Sequence[Person]) -> Iterator[Objection]:
    for_show = sorted(person.name for person in people if person.email and _is_example(person.email))
    if for_show:
        named = ", ".join(for_show[:_SHOWN]) + (f" and {len(for_show) - _SHOWN} more" if len(for_show) > _SHOWN else "")
        yield Objection(
            f"People of the demonstration are in the governance file ({named})",
            "Their addresses end in example.org or the like, where no message arrives, and nobody knows who they are",
            "Put your own people in, with their own addresses, and end these with `to:`; then publish the file",
        )


def _publishers(world: World, day: date) -> Iterator[Objection]:
    able = holders(world.governance, PUBLISH, day)
    if len(able) < FEWEST:
        found = f"only {able[0]}" if able else "nobody"
        yield Objection(
            f"Two people are needed to publish, and {found} may",
            "A definition says who may do what, so one person alone cannot change it",
            "Give the right `publish` to roles that at least two people hold",
        )


def _is_example(email: str) -> bool:
    host = email.rpartition("@")[2].lower().rstrip(".")
    return any(host == name or host.endswith(f".{name}") for name in _EXAMPLE)
