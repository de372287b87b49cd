"""What the environment says: database, folders, mail server, the address of the pages, and where people sign in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa_workflow import fault_points
from qa_workflow.effects import MailSettings
from qa_workflow.errors import UsageFault

if TYPE_CHECKING:
    from urllib.parse import SplitResult

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
    from urllib.parse import unquote

    if not env.get(MAIL):
        return None
    url = _split(env[MAIL])
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
    if not env.get(URL):
        return None
    found = _split(env[URL].rstrip("/"))
    if found.scheme not in ("http", "https") or not found.hostname or found.path or found.query or "@" in found.netloc:
        raise UsageFault(f"{URL} cannot be read; write it without a path, as https://quality.example.org")
    return f"{found.scheme}://{found.netloc}"


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


def _split(address: str) -> SplitResult:
    """The parts of an address; none where it is none, or its port is no number."""
    from urllib.parse import urlsplit

    try:
        found = urlsplit(address)
        _ = found.port
    except ValueError:
        return urlsplit("")
    return found
