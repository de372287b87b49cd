"""What a draft means for what is open, before it is published; and moving items once it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from qa_workflow.definition import DefinitionRefused, Governance, Workflow
from qa_workflow.definition.model import DONE
from qa_workflow.engine.commands import DateChoice
from qa_workflow.engine.refusals import Nonsense
from qa_workflow.engine.verdicts import Fate
from qa_workflow.service.definitions import drafting, migrating, recounting
from qa_workflow.service.definitions.migrating import Choices, Gone, Impact, Moved, Target
from qa_workflow.service.telling.verdicts import verdict_words
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import Door, right
from qa_workflow.web.fields import looked_through
from qa_workflow.web.numbers import number_of
from qa_workflow.web.outcomes import NO_REASON, sentence
from qa_workflow.web.pages.closures import stage_titles
from qa_workflow.web.pages.drafts import faults_told

door = Door()
PUBLISHER = right("publish")
PART = 50
"""Items moved by one request; then the page says how far it is, and goes on."""
SHOW = 50
INSTEAD, DATES_AT = "instead:", "dates:"
"""How fields begin that are about one stage or step."""
DATES = {
    DateChoice.KEEP: "Keep the due date: it stays as it is, and the new rule does not move it",
    DateChoice.ELAPSED: "Keep the elapsed time: count by the new rule from when the stage was entered",
    DateChoice.RESTART: "Restart: count by the new rule from now",
}
HEADINGS = {
    Fate.NEEDS_CHOICE: "Needs a choice",
    Fate.NOBODY: "Nobody may act",
    Fate.LATE: "Late at once",
    Fate.MOVES: "Changes",
    Fate.UNAFFECTED: "Unaffected",
}
MEANINGS = {
    Fate.NEEDS_CHOICE: "Cannot be moved until you say how.",
    Fate.NOBODY: "Would be where nobody holds a role that may act for the item today.",
    Fate.LATE: "Would be overdue as soon as it is moved, and is not now.",
    Fate.MOVES: "Its stage, a date or a rule where it is becomes another.",
    Fate.UNAFFECTED: "Stays where it is, under the same rules.",
}


@door.get("/drafts/{number:int}/impact", PUBLISHER)
def impact(ask: Asked, number: int) -> Response:
    """What a draft would mean for every item that is open; of the governance file, which dates it would move."""
    draft = drafting.draft(ask.house, number)
    try:
        new = drafting.read(ask.world, draft)
    except DefinitionRefused as refused:
        return ask.page("impact/faults.html", status=422, draft=draft, faults=faults_told(draft, refused))
    if isinstance(new, Governance):
        found = recounting.foresee(ask.house, new)
        return ask.page("impact/dates.html", draft=draft, found=found, titles=stage_titles(ask))
    return _impact(ask, migrating.target_of(ask.world, new), f"/drafts/{number}/impact", draft=draft)


@door.get("/workflows/{name}/migrate", PUBLISHER)
def look(ask: Asked, name: str) -> Response:
    """What moving the live items to the newest version means, before it is done."""
    return _impact(ask, migrating.published(ask.world, name), f"/workflows/{name}/migrate", name=name)


@door.post("/workflows/{name}/migrate", PUBLISHER)
def migrate(ask: Asked, name: str) -> Response:
    """Move some items, and say how far it is; the next request goes on."""
    target = migrating.published(ask.world, name)
    choices, reason = _choices(dict(ask.form.typed())), ask.form.text("reason")
    if ask.form.text("show"):
        return _impact(ask, target, f"/workflows/{name}/migrate", name=name)
    if str(target.version) != ask.form.text("version"):
        wrong = [{"text": "Another version was published meanwhile; look at what it means first", "href": "#groups"}]
        return _impact(ask, target, f"/workflows/{name}/migrate", name=name, problems=wrong, status=409)
    if _query(choices) != ask.form.text("shown"):
        wrong = [
            {
                "text": "What you chose was not shown yet; look at what it means now",
                "href": "#groups",
            }
        ]
        return _impact(ask, target, f"/workflows/{name}/migrate", name=name, problems=wrong, status=422)
    if not reason:
        wrong = [NO_REASON]
        return _impact(ask, target, f"/workflows/{name}/migrate", name=name, problems=wrong, status=422)
    filled = looked_through(ask, {"Reason": reason})
    if filled.errors:
        return _impact(
            ask, target, f"/workflows/{name}/migrate", name=name, problems=filled.errors, status=422, filled=filled
        )
    leave = frozenset(fate for fate in (Fate.LATE, Fate.NOBODY) if fate.name in ask.form.texts("leave"))
    after = number_of(ask.form.text("after"), 0, digits=17)
    moved = migrating.migrate(
        ask.house, name, choices, actor=ask.name, reason=reason, leave=leave, most=PART, after=after
    )
    done = number_of(ask.form.text("done"), 0) + sum(each.done for each in moved)
    left = number_of(ask.form.text("left"), 0) + sum(not each.done for each in moved)
    titles = migrating.titles(ask.world, target)
    return ask.page(
        "impact/moving.html",
        name=name,
        target=target,
        lines=[_line(each, titles) for each in moved],
        done=done,
        left=left,
        is_over=len(moved) < PART,
        after=migrating.place(ask.house, moved),
        carried=[pair for pair in ask.form.typed() if pair[0] not in ("done", "left", "after")],
    )


def _impact(ask: Ask, target: Target, address: str, *, problems: Any = (), status: int = 200, **more: Any) -> Response:
    asked = dict(ask.form.typed()) if ask.request.method == "POST" else dict(ask.request.query_params)
    after = migrating.read_places(asked.get("after", ""))
    wrong = list(problems)
    choices = _choices(asked)
    try:
        found = migrating.impact(ask.house, target, choices, show=SHOW, after=after)
    except Nonsense as nonsense:
        choices, status = Choices(), 422
        wrong.append({"text": str(nonsense), "href": "#choices"})
        found = migrating.impact(ask.house, target, choices, show=SHOW)
    titles = migrating.titles(ask.world, target)
    return ask.page(
        "impact/impact.html",
        status=status,
        target=target,
        address=address,
        found=found,
        groups=list(_groups(found, titles)),
        gone=[_asking(target.workflow, each, choices) for each in found.gone],
        dates=[{"value": str(c), "text": text, "checked": c is choices.dates} for c, text in DATES.items()],
        by_stage=[
            {"name": f"{DATES_AT}{path}", "title": title, "value": choices.by_stage.get(path, "")}
            for path, title in migrating.dated_otherwise(ask.world, target).items()
        ],
        shortly=[{"value": "", "text": "As said above"}, *_shortly()],
        leave=ask.form.texts("leave") if ask.request.method == "POST" else [],
        show=SHOW,
        after=migrating.places_words(found.last) if found.is_more - {Fate.UNAFFECTED} else "",
        query=_query(choices),
        problems=wrong,
        reason=asked.get("reason", ""),
        **more,
    )


def _shortly() -> Iterator[dict[str, str]]:
    """The choices as they are offered for a single stage."""
    yield from ({"value": str(choice), "text": text.partition(":")[0]} for choice, text in DATES.items())


def _choices(asked: Mapping[str, str]) -> Choices:
    """What the form says; a stage of which nothing is said stays a choice to be made."""
    instead = {n.removeprefix(INSTEAD): v for n, v in asked.items() if n.startswith(INSTEAD) and v}
    dates = asked.get("dates", "")
    known = set(DateChoice)
    at = {n.removeprefix(DATES_AT): v for n, v in asked.items() if n.startswith(DATES_AT)}
    by_stage = {stage: DateChoice(v) for stage, v in at.items() if v in known}
    return Choices(instead, DateChoice(dates) if dates in known else DateChoice.KEEP, by_stage)


def _query(choices: Choices) -> str:
    """The choices as the query of an address, in one order."""
    instead = {f"{INSTEAD}{old}": new for old, new in choices.instead.items()}
    by_stage = {f"{DATES_AT}{path}": str(choice) for path, choice in choices.by_stage.items()}
    return urlencode(sorted({**instead, "dates": str(choices.dates), **by_stage}.items()))


def _groups(found: Impact, titles: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for fate in Fate:
        lines = [(each, sentence(verdict_words(each, titles))) for each in found.shown.get(fate, ())]
        yield {
            "fate": fate.name.lower(),
            "heading": HEADINGS[fate],
            "meaning": MEANINGS[fate],
            "count": found.counts[fate],
            "passed": found.passed[fate],
            "lines": lines,
        }


def _asking(workflow: Workflow, gone: Gone, choices: Choices) -> dict[str, Any]:
    """A choice of what takes the place of a stage or step that is gone."""
    said = choices.instead.get(gone.path, gone.likely or "")
    if gone.is_step:
        places = [(path, f"{step.title} ({path})") for path, step in workflow.triggers().items() if step.by]
    else:
        stages = [s for s in workflow.stages.values() if bool(s.flow) == gone.in_branch and s.end is None]
        places = [(s.path, f"{s.title} ({s.path})") for s in stages]
        places += [(DONE, "None: this branch is over")] if gone.in_branch else []
    items = [{"value": "", "text": "Nobody has said yet"}] + [{"value": v, "text": text} for v, text in places]
    return {"gone": gone, "name": f"{INSTEAD}{gone.path}", "options": items, "value": said}


def _line(moved: Moved, titles: Mapping[str, str]) -> tuple[str, str, str]:
    return moved.verdict.reference, "moved" if moved.done else "left", sentence(verdict_words(moved.verdict, titles))
