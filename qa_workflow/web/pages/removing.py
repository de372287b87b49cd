"""Taking out a file or a text that names a patient: one person asks for it with a reason, another one decides."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.items import removing
from qa_workflow.service.items.patient_data import doubts, mark
from qa_workflow.service.removals import removal_named, removed_words
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import Door, right
from qa_workflow.web.fields import Filled, looked_through
from qa_workflow.web.outcomes import NO_REASON, Problem, sentence

door = Door()
RIGHT = right(removing.REMOVE)


@door.get("/removable/{reference:path}", RIGHT)
def offered(ask: Asked, reference: str) -> Response:
    """The files and texts of an item, each with the way to ask for its removal."""
    with ask.house.store.reading() as look:
        item = look.item(reference, ask.sight).item
        found = removing.removables(look, ask.sight, reference)
    there = [each for each in found if removal_named(ask.world.removals, each.sha256) is None]
    return ask.page("removing/item.html", item=item, found=sorted(there, key=lambda each: each.seq or 0))


@door.get("/remove/{sha256}/{reference:path}", RIGHT)
def opened(ask: Asked, sha256: str, reference: str) -> Response:
    """The form by which the removal of one file or text is asked for."""
    return _form(ask, sha256, reference)


@door.post("/remove/{sha256}/{reference:path}", RIGHT)
def sent(ask: Asked, sha256: str, reference: str) -> Response:
    """Keep it back, until a second person decides."""
    reason = ask.form.text("reason")
    filled = looked_through(ask, {"Reason": reason})
    wrong: list[Problem] = [] if reason else [NO_REASON]
    if not wrong and not filled.errors:
        try:
            removing.ask(ask.house, reference, sha256, actor=ask.name, reason=reason, no_patient=_confirmed(reason))
        except (Refusal, UsageFault) as refused:
            wrong = [{"text": sentence(str(refused)), "href": "#reason"}]
        else:
            said = "It is kept back from now on. A second person removes it, or declines."
            return ask.go(f"/items/{reference}", said=said)
    return _form(ask, sha256, reference, filled, wrong)


@door.get("/removals", RIGHT)
def listed(ask: Asked) -> Response:
    """What waits for a second person, and what was removed."""
    return _list(ask)


@door.post("/removals", RIGHT)
def decided(ask: Asked) -> Response:
    """Remove exactly what was read, or leave it where it is."""
    return _declined(ask) if ask.form.text("decision") == "decline" else _removed(ask)


def _removed(ask: Ask) -> Response:
    sha256 = ask.form.text("sha256")
    try:
        removing.confirm(ask.house, sha256, actor=ask.name, key=ask.form.text("key"))
    except (Refusal, UsageFault) as refused:
        return _list(ask, sha256, [{"text": sentence(str(refused)), "href": f"#file-{sha256}"}])
    return ask.go("/removals", said="It is removed for good. Its event stands, with who removed it and why.")


def _declined(ask: Ask) -> Response:
    sha256, reason = ask.form.text("sha256"), ask.form.text("reason")
    filled = looked_through(ask, {"Reason": reason})
    if filled.errors:
        return _list(ask, sha256, [], filled)
    given = {"actor": ask.name, "key": ask.form.text("key"), "no_patient": _confirmed(reason)}
    try:
        removing.decline(ask.house, sha256, reason=reason, **given)
    except (Refusal, UsageFault) as refused:
        return _list(ask, sha256, [{"text": sentence(str(refused)), "href": f"#reason-{sha256}"}], filled)
    return ask.go("/removals", said="It stays where it is, and is given out again.")


def _confirmed(reason: str) -> str:
    """What the page had confirmed, or found nothing in, as the service names it."""
    return mark(doubts({"reason": reason}))


def _form(
    ask: Ask, sha256: str, reference: str, filled: Filled | None = None, problems: list[Problem] | None = None
) -> Response:
    with ask.house.store.reading() as look:
        item = look.item(reference, ask.sight).item
        found = removing.removable(look, ask.sight, reference, sha256)
    known = removal_named(ask.world.removals, found.sha256)
    return ask.page(
        "removing/form.html",
        status=422 if problems or (filled and filled.errors) else 200,
        item=item,
        found=found,
        known=removed_words(ask.world.governance, known) if known else "",
        filled=filled or Filled(),
        problems=problems or [],
        reason=ask.form.text("reason") if ask.request.method == "POST" else "",
    )


def _list(ask: Ask, about: str = "", problems: list[Problem] | None = None, filled: Filled | None = None) -> Response:
    """All that waits; where something was wrong with the decision about one, with what was typed for that."""
    waiting = removing.waiting(ask.house, ask.name)
    if all(each.removal.sha256 != about for each in waiting):  # it was decided meanwhile: nothing here is about it
        problems = [{**each, "href": "#maincontent"} for each in problems or []]
    done = [each for each in removing.removals(ask.house) if each.is_done]
    return ask.page(
        "removing/list.html",
        status=422 if about else 200,
        waiting=waiting,
        done=[(each, removed_words(ask.world.governance, each)) for each in done],
        about=about,
        problems=problems or [],
        filled=filled or Filled(),
        reason=ask.form.text("reason") if about else "",
    )
