"""The machine room, for administrators: whether the clock looks, what waits, what needs a person, what is proved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version

from starlette.responses import Response

from qa_workflow.engine.timer_names import kind_of
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.house import House
from qa_workflow.service.time import incidents, last_sweep
from qa_workflow.store import machine_room as room
from qa_workflow.store.doctor import examine
from qa_workflow.store.figures import figures
from qa_workflow.store.proof.checkpoints import parse
from qa_workflow.web import proving
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import Door, right
from qa_workflow.web.forms import Form
from qa_workflow.web.outcomes import sentence
from qa_workflow.web.pulse import pulse
from qa_workflow.web.statuses import status_of

door = Door()
ADMINISTER = right(incidents.RIGHT)
HOME = "/machine-room"
MOST = 100
"""Incidents on the page; beyond this somebody looks for the cause and not at each."""
TIMERS: Mapping[str, str] = {
    "overdue": "it becomes overdue",
    "remind": "a reminder",
    "escalate": "an escalation",
    "lapse": "it lapses",
    "at": "a step is made",
    "resume": "its hold ends",
}
"""What a timer does, by the beginning of its name."""


@door.get(HOME, ADMINISTER)
def machine_room(ask: Asked) -> Response:
    """How the house is."""
    return _page(ask)


@door.post(HOME + "/incidents/{number}/retry", ADMINISTER)
def retry(ask: Asked, number: int) -> Response:
    """Let it be done again."""
    said = f"Incident {number} will be tried again at the next automatic check."
    return _settle(ask, number, incidents.try_again, said)


@door.post(HOME + "/incidents/{number}/give-up", ADMINISTER)
def give_up(ask: Asked, number: int) -> Response:
    """Leave it at that."""
    return _settle(ask, number, incidents.give_up, f"Incident {number} was given up.")


@door.post(HOME + "/incidents/{number}/retry-alike", ADMINISTER)
def retry_alike(ask: Asked, number: int) -> Response:
    """Let everything be done again that failed for the same cause."""
    return _settle_alike(ask, number, again=True, said="{} will be tried again at the next automatic check.")


@door.post(HOME + "/incidents/{number}/give-up-alike", ADMINISTER)
def give_up_alike(ask: Asked, number: int) -> Response:
    """Leave everything at that which failed for the same cause."""
    return _settle_alike(ask, number, again=False, said="{} were given up.")


@door.post(HOME + "/verify", ADMINISTER)
def verify(ask: Asked) -> Response:
    """Start checking everything that is stored against the history, and it against a checkpoint; one run at a time."""
    try:
        kept = _kept_elsewhere(ask.form)
    except UsageFault as fault:
        return _page(ask, problem=sentence(str(fault)), place="#kept-text", status=422)
    begun = proving.prover(ask.request.app, ask.parts).start(ask.name, ask.now, kept)
    return ask.go(HOME + "#proof", said="The check has begun." if begun else "A check is under way already.")


@door.get(HOME + "/proof", ADMINISTER)
def proof(ask: Asked) -> Response:
    """How far the check is: asked again and again by a page that is open, or looked at by itself."""
    if not ask.is_fragment:
        return ask.go(HOME + "#proof")
    prover = proving.prover(ask.request.app, ask.parts)
    return ask.page("machine_room/_proof.html", prover=prover, proved=proving.last(ask.house), place="", pasted="")


@door.post(HOME + "/checkpoint", ADMINISTER)
def take_checkpoint(ask: Asked) -> Response:
    """Make a checkpoint and hand it out, to be kept elsewhere."""
    number, text = room.hand_out(ask.parts.store, ask.name, ask.now)
    named = f'attachment; filename="checkpoint-{number}.txt"'
    return Response(text, media_type="text/plain; charset=utf-8", headers={"Content-Disposition": named})


@door.get(HOME + "/doctor", ADMINISTER)
def doctor(ask: Asked) -> Response:
    """A look for what could go wrong; it reads the whole file of a SQLite database once."""
    return ask.page("machine_room/doctor.html", findings=examine(ask.parts.store.url))


def _kept_elsewhere(form: Form) -> str | None:
    """The text of a checkpoint that was chosen as a file or pasted; None where neither was.

    Raises:
        UsageFault: it is no checkpoint.
    """
    upload = form.upload("kept-file")
    text = upload.content.decode("utf-8", "replace") if upload is not None else form.text("kept-text")
    if not text and upload is None:
        return None
    parse(text)
    return text


def _settle_alike(ask: Ask, number: int, *, again: bool, said: str) -> Response:
    settled: list[int] = []

    def way(house: House, number: int, *, actor: str, reason: str) -> None:
        settled.append(incidents.settle_alike(house, number, actor=actor, reason=reason, again=again))

    return _settle(ask, number, way, lambda: said.format(f"{settled[0]} incidents"))


def _settle(ask: Ask, number: int, way: Callable[..., object], said: str | Callable[[], str]) -> Response:
    try:
        way(ask.house, number, actor=ask.name, reason=ask.form.text("reason"))
    except Refusal as refused:
        return _page(ask, problem=sentence(str(refused)), about=number, status=status_of(refused))
    return ask.go(HOME, said=said if isinstance(said, str) else said())


def _page(
    ask: Ask, *, problem: str = "", place: str = "#incidents", about: int | None = None, status: int = 200
) -> Response:
    store = ask.parts.store
    with ask.house.store.reading() as look:
        facts = look.house()
    waiting = incidents.listed(ask.house)
    causes = incidents.by_cause(waiting[:MOST])
    forms = {group.first.number: "-alike" if len(group.incidents) > 1 else "" for group in causes}
    ahead = room.next_thing(store)
    timer = TIMERS.get(kind_of(ahead.timer or ""), "time looks at it") if ahead else ""
    titles = {name: workflow.title for name, workflow in ask.world.workflows.items()}
    return ask.page(
        "machine_room/machine_room.html",
        status=status,
        problem=problem,
        place=f"#reason-{about}{forms[about]}" if about in forms else place,
        about=about,
        pasted=ask.form.text("kept-text") if ask.request.method == "POST" else "",
        typed=ask.form.text("reason") if about is not None else "",
        swept=last_sweep.read(facts),
        pulse=pulse(ask.request.app),
        ahead=ahead,
        timer=timer,
        titles=titles,
        figures=figures(store, now=ask.now, wall=ask.wall_now),
        letters=room.tried_letters(store),
        causes=causes,
        more=max(0, len(waiting) - MOST),
        prover=proving.prover(ask.request.app, ask.parts),
        proved=proving.last(ask.house),
        kept=room.last_checkpoint(store),
        database=store.engine.dialect.name,
        schema=facts.get("schema"),
        version=_version(),
    )


def _version() -> str:
    try:
        return version("qa-workflow")
    except PackageNotFoundError:
        return "not installed"
