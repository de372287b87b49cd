"""Running: the pages are served, and the clock looks what time does, until somebody ends it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import rich_click as click

from qa_workflow.cli.command import command
from qa_workflow.cli.session import TEST, Session
from qa_workflow.errors import StorageFault, UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qa_workflow.service.production import Plan
    from qa_workflow.web.serving import Address
    from qa_workflow.wiring import Parts

Note = Callable[[str], None]
BREATH = 0.02
"""Seconds between two batches of a look, for people to get at the database."""


@command("run", example="qa-workflow run --port 8080")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve the pages at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0 for any that is free."
)
@click.option(
    "--demonstration",
    is_flag=True,
    help="Use a rehearsal with items in it, made if it is not there yet; sign in as anybody with one click.",
)
@click.option("--production", is_flag=True, help="Refuse to run with settings or a database that are for tests.")
@click.option(
    "--every", metavar="SECONDS", type=click.FloatRange(0.1), default=1.0, show_default=True, help="How often to look."
)
@click.option(
    "--log",
    type=click.Choice(["words", "json"]),
    help="How the log on standard error is written: in words, or as JSON lines with each request.  [with "
    "--production: json]",
)
def run_command(
    session: Session, *, host: str, port: int, demonstration: bool, production: bool, every: float, log: str | None
) -> None:
    """Serve the pages and run the clock until Ctrl-C: people work, and what falls due happens when its time comes."""
    note = _notes(session, log or ("json" if production else "words"))
    if production:
        _refuse_for_production(session, _plan(session, host, demonstration=demonstration), note)
    if demonstration:
        from qa_workflow.cli import demonstration as showing

        showing.make(session)
    else:
        _offer_to_make(session)
    from qa_workflow.store.held import serving
    from qa_workflow.web.serving import Address

    with session.parts() as parts:
        _refuse_real(parts, demonstration=demonstration)
        with serving(parts.store.engine.url):
            _Run(session, parts, note, demonstration=demonstration, every=every).until_told(Address(host, port))
    note("Stopped.")


def _offer_to_make(session: Session) -> None:
    """A newcomer's first `run` finds no database: who sits at a terminal is asked, everybody else is told of `init`."""
    from qa_workflow.cli import setting_up
    from qa_workflow.cli.asking import can_ask, confirm
    from qa_workflow.store.faults import NotInitialised

    if not can_ask(session):
        return
    try:
        with session.parts():
            return
    except NotInitialised as fault:
        question = (
            f"There is no qa-workflow database at {fault.where} yet (to look around first: qa-workflow run "
            f"--demonstration). Make one for real work, with the definitions in {session.settings.workflows}?"
        )
        confirm(session, question, yes=False)
    setting_up.make(session, None)
    session.note(f"Made, with the definitions in {setting_up.own_folder(session)}.")


class _Run:
    """One run: the pages in the main thread, the clock in another; both end together."""

    def __init__(self, session: Session, parts: Parts, note: Note, *, demonstration: bool, every: float) -> None:
        from qa_workflow.scheduling import Embedded
        from qa_workflow.service.time import daily
        from qa_workflow.web import WebSettings, create_app
        from qa_workflow.web.pulse import watch
        from qa_workflow.web.serving import Server

        self._session, self._parts, self._note, self._demonstration = session, parts, note, demonstration
        self._stop = threading.Event()
        found = session.settings
        settings = WebSettings(
            url=found.url, demonstration=demonstration, identity=found.identity, metrics_token=found.metrics_token
        )
        daily.plan(parts.house)
        app = create_app(parts, settings)
        self._worker = Embedded(self._look(), every=every)
        watch(app, self._worker.health)
        self._server = Server(app, proxy=found.proxy)

    def until_told(self, address: Address) -> None:
        """Serve and look; ends on Ctrl-C, when the system ends the program, or when the clock cannot go on."""
        from qa_workflow.web.serving import listen, named

        with listen(address) as found, _signals(self._end):
            clock = threading.Thread(target=self._watch_the_clock, name="clock")
            clock.start()
            try:
                self._server.run(found, lambda: self._say(named(found)))
            finally:
                self._stop.set()
                clock.join()

    def _first(self, pages: str) -> str:
        """The command by which the first person comes in, where nobody can yet."""
        from qa_workflow.service.people.invitations import HERE, first_in, first_words

        settings = self._session.settings
        first = first_in(self._parts.gate) if settings.identity is None else None
        return first_words(first, HERE if settings.url else pages) if first else ""

    def _end(self, *, at_once: bool) -> None:
        self._stop.set()
        self._server.stop(at_once=at_once)

    def _watch_the_clock(self) -> None:
        """Without a clock nothing would fall due while all looks well, so its end is the end."""
        try:
            self._worker.run_worker(self._stop)
        finally:
            self._end(at_once=False)

    def _look(self) -> Callable[[], Any]:
        from qa_workflow.calendar import instant_words
        from qa_workflow.service.time.told import said

        tick = self._tick()

        def look() -> Any:
            swept = tick()
            if swept.items or swept.opened:
                self._note(f"{instant_words(self._parts.engine.now())}: {said(swept)}")
            return swept

        return look

    def _tick(self) -> Callable[[], Any]:
        """One look; in the demonstration its clock goes on with the machine's."""
        if self._demonstration:
            from qa_workflow.cli.demonstration import going_on
            from qa_workflow.clock import SystemClock

            return going_on(self._parts, SystemClock())
        return lambda: self._parts.engine.tick(seconds=10, pause=lambda: self._stop.wait(BREATH))

    def _say(self, address: str) -> None:
        """Where it is, what it shows, and how it ends."""
        from qa_workflow.calendar import instant_words
        from qa_workflow.service.time import rehearsing
        from qa_workflow.store.database import without_password

        parts, settings = self._parts, self._session.settings
        with parts.house.looking() as (_, world):
            workflows = ", ".join(world.latest)
        clock = instant_words(parts.engine.now())
        if self._demonstration:
            clock += " (a rehearsal: it goes on by itself, and can be pushed from every page)"
        elif rehearsing.is_rehearsal(parts.house):
            clock += " (a rehearsal: it moves only with `qa-workflow clock advance`, or from the pages)"
        lines = [
            f"Database   {without_password(settings.database)}",
            f"Workflows  {workflows}",
            f"Clock      {clock}",
            f"Pages      {address}" + (f"  (people type {settings.url}/)" if settings.url else ""),
            f"Programs   {address}api/v1/openapi.json",
        ]
        if self._demonstration:
            lines.append("Sign in    as anybody, with one click: this is the demonstration")
        elif first := self._first(address):
            lines.append(f"Sign in    nobody can yet; the first by a link that this makes, in another window: {first}")
        lines.append("Serving the pages and running the clock. Ctrl-C ends it.")
        self._note("\n".join(lines))
        if self._session.as_json:
            self._session.answer({"address": address, "process": os.getpid(), "workflows": workflows}, lambda _: None)


def _plan(session: Session, host: str, *, demonstration: bool) -> Plan:
    """How this is to be run, for those who judge whether it is fit for real work."""
    from qa_workflow import fault_points
    from qa_workflow.service.production import Plan
    from qa_workflow.settings import FAULT, IDENTITY, METRICS_TOKEN
    from qa_workflow.store.database import password_in

    found = session.settings
    tests = {
        TEST: found.is_test,
        FAULT: fault_points.is_armed() or bool(os.environ.get(FAULT)),
        "--now": session.now is not None,
    }
    secrets = {
        METRICS_TOKEN: found.metrics_token,
        f"{IDENTITY}SECRET": found.identity.secret if found.identity else None,
        "The password in QA_WORKFLOW_DATABASE": password_in(found.database),
    }
    return Plan(
        for_tests=[name for name, is_set in tests.items() if is_set],
        demonstration=demonstration,
        url=found.url,
        host=host,
        proxy=found.proxy,
        secrets={name: secret for name, secret in secrets.items() if secret},
        has_mail=found.mail is not None,
    )


def _notes(session: Session, log: str) -> Note:
    """How remarks are written on standard error: in words, or each as a line of the log."""
    if log == "words":
        return session.note
    import logging

    from qa_workflow.web.request_log import write_json_lines

    write_json_lines()
    return logging.getLogger("qa_workflow.run").info


def _refuse_for_production(session: Session, plan: Plan, note: Note) -> None:
    """Everything that is in the way, at once; a database that cannot be opened is told beside it."""
    from qa_workflow.service.production import NotForProduction, Objection, about_house, about_settings, warnings

    found = list(about_settings(plan))
    try:
        with session.parts() as parts:
            found += about_house(parts.house)
    except StorageFault as fault:
        if not found:
            raise
        why = str(fault).rstrip(".")
        found.append(Objection("The database cannot be used", why[:1].upper() + why[1:], "Then start this again"))
    if found:
        raise NotForProduction(found)
    for each in warnings(plan):
        note(f"Warning: {each}")


def _refuse_real(parts: Parts, *, demonstration: bool) -> None:
    """One click into a real database would be a door without a lock."""
    from qa_workflow.service.time import rehearsing

    if demonstration and not rehearsing.is_rehearsal(parts.house):
        raise UsageFault(
            "--demonstration lets anybody sign in as anybody, and this is a real database; "
            "leave --demonstration out, or name another database for it with --database"
        )


@contextmanager
def _signals(end: Callable[..., None]) -> Iterator[None]:
    """Ctrl-C, or the system, ends what is under way and no more; told a second time, at once."""
    told = 0

    def hear(*_: object) -> None:
        nonlocal told
        told += 1
        end(at_once=told > 1)

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
