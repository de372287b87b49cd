"""Joins the real parts and reads the settings; the only place that constructs them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qa_workflow import fault_points
from qa_workflow.clock import Clock, FixedClock, SystemClock
from qa_workflow.effects import LogCarrier, MailCarrier, MailSettings
from qa_workflow.effects.feeds import ICalendars
from qa_workflow.effects.passwords import Argon2Passwords
from qa_workflow.effects.spreadsheets import Spreadsheets
from qa_workflow.engine import Leaves
from qa_workflow.errors import UsageFault
from qa_workflow.service.boards.feeds import Calendars
from qa_workflow.service.boards.sheets import Sheets
from qa_workflow.service.front import Engine
from qa_workflow.service.house import House
from qa_workflow.service.people.gate import Gate
from qa_workflow.service.ports.store import Carrier, Documents
from qa_workflow.store import FileDocuments, HouseClock, SqlStore, create, open_store
from qa_workflow.store.database import read_url
from qa_workflow.store.explain import path_of
from qa_workflow.store.faults import NotInitialised
from qa_workflow.store.proof.verifying import verify

if TYPE_CHECKING:
    from qa_workflow.service.people.identities import IdentityProvider

DATABASE = "QA_WORKFLOW_DATABASE"
WORKFLOWS = "QA_WORKFLOW_WORKFLOWS"
DOCUMENTS = "QA_WORKFLOW_DOCUMENTS"
MAIL = "QA_WORKFLOW_MAIL"
MAIL_FROM = "QA_WORKFLOW_MAIL_FROM"
IDENTITY = "QA_WORKFLOW_IDENTITY_"
"""With ISSUER, CLIENT, SECRET, TITLE, PERSON_CLAIM, ROLE_CLAIM, ROLES, SCOPES after it."""
TEST = "QA_WORKFLOW_TEST"
FAULT = "QA_WORKFLOW_FAULT"
URL = "QA_WORKFLOW_URL"
PROXY = "QA_WORKFLOW_PROXY"
METRICS_TOKEN = "QA_WORKFLOW_METRICS_TOKEN"  # noqa: S105  the name of the setting
DEFAULT_DATABASE = "sqlite:///qa_workflow.db"
SHIPPED = (Path(__file__).parent / "shipped", Path(__file__).parent.parent / "workflows")
"""Where the definitions lie that came with the program: installed, or in a clone."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    Attributes:
        workflows: the folder of definitions.
        is_test: allows `--now` and faults.
        url: the address that people type for the pages.
        proxy: from where requests are passed on to us, beside this machine.
        metrics_token: what a scraper of /metrics shows.
        identity: where people sign in with an identity of another house.
    """

    database: str = DEFAULT_DATABASE
    workflows: Path = Path("workflows")
    documents: Path | None = None
    mail: MailSettings | None = None
    is_test: bool = False
    url: str | None = None
    proxy: str | None = None
    metrics_token: str | None = None
    identity: IdentityProvider | None = None


def settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the environment.

    Raises:
        UsageFault: a setting that cannot be read, or a fault point outside a test.
    """
    env = os.environ if environment is None else environment
    is_test = env.get(TEST) == "1"
    if env.get(FAULT):
        if not is_test:
            raise UsageFault(f"{FAULT} kills the program on purpose and is only for tests; unset it")
        try:
            fault_points.arm(env[FAULT])
        except ValueError as fault:
            raise UsageFault(str(fault)) from fault
    documents = env.get(DOCUMENTS)
    return Settings(
        database=env.get(DATABASE, DEFAULT_DATABASE),
        workflows=Path(env[WORKFLOWS]) if env.get(WORKFLOWS) else usual_workflows(),
        documents=Path(documents) if documents else None,
        mail=mail_settings(env),
        is_test=is_test,
        url=public_address(env),
        proxy=env.get(PROXY) or None,
        metrics_token=env.get(METRICS_TOKEN) or None,
        identity=identity_settings(env),
    )


def usual_workflows() -> Path:
    """The folder `workflows` here, or the definitions that came with the program."""
    here = Path("workflows")
    return next((folder for folder in (here, *SHIPPED) if folder.is_dir()), here)


def mail_settings(env: Mapping[str, str]) -> MailSettings | None:
    """`QA_WORKFLOW_MAIL` as `smtp://user:password@host:port` (`smtps://`, or `smtp+starttls://`), with a sender."""
    from urllib.parse import unquote, urlsplit

    if not env.get(MAIL):
        return None
    url = urlsplit(env[MAIL])
    security = {"smtp": "none", "smtps": "tls", "smtp+starttls": "starttls"}.get(url.scheme)
    if security is None or not url.hostname:
        raise UsageFault(f"{MAIL} cannot be read; write it as smtp+starttls://user:password@mail.example.org:587")
    port = url.port or {"none": 25, "tls": 465, "starttls": 587}[security]
    sender = env.get(MAIL_FROM, f"qa-workflow@{url.hostname}")
    return MailSettings(
        url.hostname,
        sender,
        port,
        security,
        unquote(url.username) if url.username else None,
        unquote(url.password or ""),
    )


def public_address(env: Mapping[str, str]) -> str | None:
    """`QA_WORKFLOW_URL`: scheme and host of the pages, without a path, for they live at the top of a host."""
    from urllib.parse import urlsplit

    if not env.get(URL):
        return None
    try:
        found = urlsplit(env[URL].rstrip("/"))
        _ = found.port
    except ValueError:
        found = urlsplit("")
    if found.scheme not in ("http", "https") or not found.hostname or found.path or found.query or "@" in found.netloc:
        raise UsageFault(f"{URL} cannot be read; write it without a path, as https://quality.example.org")
    return f"{found.scheme}://{found.netloc}"


def database_password(address: str) -> str | None:
    """The password in a database's URL, if there is one; it may also come from a password file."""
    password = read_url(address).password
    return str(password) if password else None


def identity_settings(env: Mapping[str, str]) -> IdentityProvider | None:
    """`QA_WORKFLOW_IDENTITY_ISSUER` with `…_CLIENT` and `…_SECRET`, where people sign in with OpenID Connect.

    Raises:
        UsageFault: one of the three is missing, a name is none of ours, or the issuer is no https address.
    """
    from qa_workflow.service.people.identities import IdentityProvider  # late: most commands never hash a password

    said = {key.removeprefix(IDENTITY).lower(): value for key, value in env.items() if key.startswith(IDENTITY)}
    if not any(said.values()):
        return None
    known = ("issuer", "client", "secret", "title", "person_claim", "role_claim", "roles", "scopes")
    for name in said.keys() - set(known):
        raise UsageFault(f"{IDENTITY}{name.upper()} is no setting; there are: {', '.join(known).upper()}")
    missing = [f"{IDENTITY}{name.upper()}" for name in known[:3] if not said.get(name)]
    if missing:
        raise UsageFault(f"signing in with OpenID Connect needs {' and '.join(missing)} too")
    roles = frozenset(said.pop("roles", "").replace(",", " ").split())
    return IdentityProvider(**{name: value for name, value in said.items() if value}, roles=roles)


@dataclass(frozen=True)
class Parts:
    """Everything that was joined, for faces that need more than the `Engine`."""

    engine: Engine
    house: House
    store: SqlStore
    clock: Clock
    documents: Documents
    gate: Gate
    sheets: Sheets = field(default_factory=Spreadsheets)
    calendars: Calendars = field(default_factory=ICalendars)


def join(
    database: str,
    *,
    documents: Path | None = None,
    clock: Clock | None = None,
    carriers: Mapping[str, Carrier] | None = None,
) -> Parts:
    """Open an existing database and join the parts around it.

    Args:
        documents: the folder for documents; beside the database if left out.
        clock: the database's own if left out.
        carriers: what takes messages (and other effects) out of the house, by kind; into the log if left out.

    Raises:
        StorageFault: it is not there, not ours, or not of this program's age; says what to do.
    """
    store = open_store(database)
    kept = FileDocuments(documents or documents_beside(database))
    ticking = clock or HouseClock(store, SystemClock())
    house = House(store, ticking, kept)
    engine = Engine(house, carriers or carriers_for(None), partial(verify, store, documents=kept))
    return Parts(engine, house, store, ticking, kept, Gate(house, Argon2Passwords(), _post(carriers)))


def _post(carriers: Mapping[str, Carrier] | None) -> Carrier | None:
    """What takes an invitation to somebody; the log does not, where everybody could read it."""
    carrier = (carriers or {}).get(str(Leaves.MESSAGE))
    return None if isinstance(carrier, LogCarrier) else carrier


def carriers_for(mail: MailSettings | None) -> dict[str, Carrier]:
    """Messages go by mail where a server is set, else into the log."""
    return {str(Leaves.MESSAGE): MailCarrier(mail) if mail else LogCarrier()}


def documents_beside(database: str) -> Path:
    """The folder for documents: beside a SQLite file, else here."""
    path = path_of(read_url(database))
    return path.with_name(f"{path.name}.documents") if path else Path("qa_workflow.documents")


def connect(
    database: str = DEFAULT_DATABASE,
    workflows: Path | str | None = None,
    clock: Clock | None = None,
    *,
    documents: Path | None = None,
    carriers: Mapping[str, Carrier] | None = None,
) -> Engine:
    """An engine on a database; one that is not there yet is made, with the definitions found in `workflows`.

    Args:
        database: a URL, or the path of a SQLite file.
        workflows: a folder of definitions to publish; what is published already stays as it is.
        clock, documents, carriers: as for `join`.

    Raises:
        StorageFault: the database cannot be used.
        DefinitionRefused: a definition has a fault.
    """
    try:
        parts = join(database, documents=documents, clock=clock, carriers=carriers)
    except NotInitialised:
        create(database).dispose()
        parts = join(database, documents=documents, clock=clock, carriers=carriers)
    if workflows is not None:
        parts.engine.publish([Path(workflows)], actor=None)
    return parts.engine


def fixed(instant: datetime) -> Clock:
    """A clock that stands still, for one command in a test."""
    return FixedClock(instant)
