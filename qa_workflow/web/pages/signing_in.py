"""Signing in and out: password, one-time code, invitation; one click in the demonstration alone."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.people import accounts, codes, invitations, sessions
from qa_workflow.service.people.accounts import In
from qa_workflow.service.people.gate import SignInAgain
from qa_workflow.service.people.passwords import SHORTEST, WeakPassword
from qa_workflow.service.people.sessions import CODE_WANTED
from qa_workflow.web import carrying
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import PUBLIC, Door
from qa_workflow.web.oidc import CAME, OUT
from qa_workflow.web.outcomes import REFUSED, sentence
from qa_workflow.web.statuses import status_of

door = Door()


@door.get("/sign-in", PUBLIC)
def sign_in_page(ask: Asked) -> Response:
    """Name and password."""
    if ask.person is not None:
        return ask.go(carrying.next_of(ask))
    return _sign_in_page(ask)


@door.post("/sign-in", PUBLIC)
def sign_in(ask: Asked) -> Response:
    """Let them in, or halfway; the same answer for every reason why not."""
    typed, password = ask.form.text("name"), ask.form.raw("password")
    if not typed or not password:
        missing = {"name": (typed, "Enter your name or e-mail address"), "password": (password, "Enter your password")}
        problems = {field: said for field, (given, said) in missing.items() if not given}
        return _sign_in_page(ask, status=422, problems=problems)
    try:
        signed_in = accounts.sign_in(ask.parts.gate, typed, password, source=source(ask), now=ask.wall_now)
    except REFUSED as fault:
        return refused(ask, fault)
    return enter(ask, signed_in)


@door.post("/sign-in/as", PUBLIC)
def sign_in_as(ask: Asked) -> Response:
    """One click: in a rehearsal that is served as the demonstration."""
    if not ask.site.settings.demonstration:
        raise accounts.NotARehearsalHere
    return enter(ask, accounts.sign_in_as(ask.parts.gate, ask.form.text("person"), now=ask.wall_now))


@door.get("/sign-in/code", PUBLIC)
def code_page(ask: Asked) -> Response:
    """The second half."""
    person = _halfway(ask)
    if person is None:
        return ask.go("/sign-in")
    return _code_page(ask, person)


@door.post("/sign-in/code", PUBLIC)
def code(ask: Asked) -> Response:
    """Take the one-time code, or set codes up where there are none yet."""
    person = _halfway(ask)
    if person is None:
        return _sign_in_page(ask, status=401, problems={"name": str(SignInAgain())})
    gate, typed = ask.parts.gate, ask.form.text("code")
    try:
        if accounts.standing(gate, person, ask.wall_now).has_code:
            done = accounts.give_code(gate, cookie_of(ask), typed, source=source(ask), now=ask.wall_now)
        else:
            done = accounts.enrol(gate, cookie_of(ask), ask.form.text("secret"), typed, now=ask.wall_now)
    except SignInAgain as fault:
        return _sign_in_page(ask, status=401, problems={"name": str(fault)})
    except REFUSED as fault:
        return _code_page(ask, person, status=status_of(fault), problem=str(fault))
    return enter(ask, done)


@door.post("/sign-out", PUBLIC)
def sign_out(ask: Asked) -> Response:
    """The session is gone from the database; the cookie opens nothing any more."""
    if cookie_of(ask):
        sessions.end(ask.house, cookie_of(ask))
    came_from_there = ask.site.settings.identity is not None and CAME in ask.request.cookies
    answer = ask.go(OUT) if came_from_there else ask.go("/sign-in", said="You are signed out.")
    ask.drop_cookie(answer, ask.site.settings.cookie)
    return answer


@door.get("/invitation/{key}", PUBLIC)
def invitation_page(ask: Asked, key: str) -> Response:
    """Choose a password."""
    person = invitations.who(ask.parts.gate, key, now=ask.wall_now)
    return _invitation(ask, person)


@door.post("/invitation/{key}", PUBLIC)
def accept(ask: Asked, key: str) -> Response:
    """Set the password, and go in with it."""
    gate = ask.parts.gate
    person = invitations.who(gate, key, now=ask.wall_now)
    problem = None
    if ask.form.raw("password") != ask.form.raw("again"):
        problem = "The two passwords are not the same; type it again in both places"
    else:
        try:
            return enter(ask, invitations.accept(gate, key, ask.form.raw("password"), now=ask.wall_now))
        except WeakPassword as weak:
            problem = sentence(str(weak))
    return _invitation(ask, person, status=422, problem=problem)


def enter(ask: Ask, signed_in: In, *, kept: carrying.Kept | None = None, going: str = "") -> Response:
    """Give the cookie, and go on: to the code, to where they were going, or with what they had typed."""
    cookie, session = signed_in
    after = Ask(ask.request, ask.site, session)
    if ask.request.method == "POST":
        kept = carrying.keep(ask.request)
    if session.level == CODE_WANTED:
        answer = _code_page(after, session.person, status=200, kept=kept)
    elif kept is not None:
        answer = carrying.kept_page(after, kept)
    else:
        answer = after.go(going or carrying.next_of(ask))
    if cookie_of(ask):
        sessions.end(ask.house, cookie_of(ask))
    ask.keep_cookie(answer, ask.site.settings.cookie, cookie)
    return answer


def refused(ask: Ask, fault: QaWorkflowError) -> Response:
    """The sign-in page, with what stood in the way."""
    return _sign_in_page(ask, status=status_of(fault), problems={"name": str(fault)})


def source(ask: Ask) -> str | None:
    """From where somebody comes, as far as the server says."""
    return ask.request.client.host if ask.request.client is not None else None


def cookie_of(ask: Ask) -> str:
    """The cookie as it was sent."""
    return ask.request.cookies.get(ask.site.settings.cookie, "")


def _sign_in_page(ask: Ask, *, status: int = 200, problems: Mapping[str, str] | None = None) -> Response:
    posted = ask.request.method == "POST"
    typed = ask.form.text("name") if posted else ""
    kept = carrying.keep(ask.request) if posted else None
    context = {**carrying.sign_in_context(ask), "problems": dict(problems or {}), "typed": typed, "kept": kept}
    return ask.page("signing_in/sign_in.html", status=status, **context)


def _invitation(ask: Ask, person: str, *, status: int = 200, problem: str | None = None) -> Response:
    """Its address lets somebody in, so that the browser tells it to nobody: not even to us, in the log of a proxy."""
    said = {"invited": person, "shortest": SHORTEST, "problem": problem}
    return ask.page("signing_in/invitation.html", status=status, headers={"Referrer-Policy": "strict-origin"}, **said)


def _code_page(
    ask: Ask, person: str, *, status: int = 200, problem: str | None = None, kept: carrying.Kept | None = None
) -> Response:
    """One page for both: the code alone, or the secret to set codes up with and the first code."""
    posted = ask.request.method == "POST"
    has_code = accounts.standing(ask.parts.gate, person, ask.wall_now).has_code
    secret = link = ""
    if not has_code:
        given = ask.form.text("secret") if posted else ""
        secret = given if codes.is_secret(given) else codes.new_secret()
        link = codes.link(secret, person, ask.world.governance.title)
    return ask.page(
        "signing_in/code.html",
        status=status,
        problem=problem,
        kept=kept or (carrying.keep(ask.request) if posted else None),
        next=carrying.next_of(ask),
        secret=codes.spaced(secret),
        link=link,
    )


def _halfway(ask: Ask) -> str | None:
    return ask.session.person if ask.session is not None and ask.session.level == CODE_WANTED else None
