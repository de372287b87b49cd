"""Drafts: written in the editor, compared with what is published, proposed, and published by a second person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from starlette.responses import JSONResponse, Response

from qa_workflow.calendar import local
from qa_workflow.calendar.words import counted
from qa_workflow.definition import DefinitionRefused, Fault, Governance
from qa_workflow.definition.differences.difference import Difference
from qa_workflow.definition.shape.schema import governance_schema, workflow_schema
from qa_workflow.errors import QaWorkflowError, Refusal
from qa_workflow.service.definitions import drafting, editing, proposals, recounting
from qa_workflow.service.definitions.drafting import Draft
from qa_workflow.service.refusals import Stale
from qa_workflow.service.rights import part_of
from qa_workflow.service.telling.versions import GOVERNANCE, WORKFLOW, version, versions
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import Door, right
from qa_workflow.web.line_diff import line_diff
from qa_workflow.web.marks import Mark, marks
from qa_workflow.web.numbers import number_of
from qa_workflow.web.outcomes import REFUSED, Problem, sentence
from qa_workflow.web.pages.workflows import address, by_weight, drawn, text
from qa_workflow.web.statuses import status_of

door = Door()
WRITER = right("publish")
Kind = Literal["workflow", "governance"]
FEW = 2_000
"""Of so many items it is worked out at once which due dates move."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What the error summary says: what happened, and what to do about it."""

    heading: str
    text: str
    problems: list[Problem]


@door.get("/drafts", WRITER)
def drafts(ask: Asked) -> Response:
    """Everybody's drafts; what waits for who asks comes first."""
    found = [(draft, title(ask, draft)) for draft in drafting.drafts(ask.house)]
    waiting = [each for each in found if each[0].status == proposals.PROPOSED]
    mine = [each for each in found if each[0].status == proposals.WRITTEN and each[0].author == ask.name]
    others = [each for each in found if each not in waiting and each not in mine]
    groups = [
        ("Waiting for a second person", "No draft waits for a second person.", waiting),
        ("Your drafts", "You are writing no draft.", mine),
        ("Drafts of others", "Nobody else is writing a draft.", others),
    ]
    return ask.page("drafts/list.html", groups=groups)


@door.post("/drafts", WRITER)
def begin(ask: Asked) -> Response:
    """A draft of a new workflow, or one that begins as a published version."""
    form = ask.form
    kind = GOVERNANCE if form.text("kind") == GOVERNANCE else WORKFLOW
    if kind == WORKFLOW and not form.text("name"):
        draft = drafting.begin(ask.house, WORKFLOW, "", editing.beginning(ask.world), None, actor=ask.name)
        return ask.go(f"/drafts/{draft.id}")
    number = number_of(form.text("version"), 0) if form.text("version") else None
    found = version(ask.world, kind, form.text("name"), number)
    draft = drafting.begin(ask.house, kind, found.name, found.source, found.hash, actor=ask.name)
    return ask.go(f"/drafts/{draft.id}")


@door.get("/drafts/words/{kind}", WRITER)
def words(ask: Asked, kind: Kind) -> Response:
    """What the editor completes: the keys of the language, and the names that are published."""
    schema = governance_schema() if kind == GOVERNANCE else workflow_schema()
    return JSONResponse({"schema": schema, "names": editing.names(ask.world)})


@door.post("/drafts/lint", WRITER)
def lint(ask: Asked) -> Response:
    """What is wrong with a text, and where."""
    found = _source(ask)
    return JSONResponse(list(marks(found, _checked(ask, ask.form.text("kind"), found).faults)))


@door.post("/drafts/picture", WRITER)
def picture(ask: Asked) -> Response:
    """The diagram of a text; nothing while it cannot be drawn."""
    shown = _checked(ask, ask.form.text("kind"), _source(ask)).drawn
    return ask.page("drafts/_picture.html", **drawn(shown)) if shown is not None else Response(status_code=204)


@door.get("/drafts/{number:int}", WRITER)
def edit(ask: Asked, number: int) -> Response:
    """The editor."""
    draft = drafting.draft(ask.house, number)
    if draft.status != proposals.WRITTEN:
        return ask.go(f"/drafts/{number}/changes")
    return _editor(ask, draft, text(draft))


@door.post("/drafts/{number:int}", WRITER)
def save(ask: Asked, number: int) -> Response:
    """Keep the text, right or wrong; only publishing asks for it to be right."""
    typed = _source(ask)
    try:
        draft = drafting.save(ask.house, number, typed.encode(), _revision(ask), actor=ask.name)
    except Stale as stale:
        theirs = drafting.draft(ask.house, number)
        todo = "Your text is still here; see below what is different, then save it again to replace theirs"
        wrong: Problem = {"text": todo, "href": "#source"}
        refused = Refused("Somebody else has saved this draft", sentence(str(stale)), [wrong])
        return _editor(ask, theirs, typed, refused, status_of(stale))
    on = "/changes" if ask.form.text("next") == "changes" else ""
    return ask.go(f"/drafts/{draft.id}{on}", said="The draft was saved.")


@door.post("/drafts/{number:int}/autosave", WRITER)
def autosave(ask: Asked, number: int) -> Response:
    """The same, from the editor, after a pause."""
    try:
        draft = drafting.save(ask.house, number, _source(ask).encode(), _revision(ask), actor=ask.name)
    except REFUSED as fault:
        return JSONResponse({"said": sentence(str(fault))}, status_of(fault))
    return JSONResponse({"revision": draft.revision, "said": f"Saved at {_clock(ask)}"})


@door.post("/drafts/{number:int}/discard", WRITER)
def discard(ask: Asked, number: int) -> Response:
    """Throw it away."""
    drafting.discard(ask.house, number, _revision(ask), actor=ask.name)
    return ask.go("/drafts", said="The draft was thrown away.")


@door.get("/drafts/{number:int}/changes", WRITER)
def changes(ask: Asked, number: int) -> Response:
    """What a draft changes, in words and line by line; here it is proposed, and approved by a second person."""
    draft = drafting.draft(ask.house, number)
    if draft.status == proposals.PUBLISHED:
        return ask.go(f"{address(draft)}/versions")
    return _changes(ask, draft)


@door.post("/drafts/{number:int}/propose", WRITER)
def propose(ask: Asked, number: int) -> Response:
    """Ask a second person to publish it."""
    try:
        drafting.propose(ask.house, number, _revision(ask), ask.form.text("note"), actor=ask.name)
    except REFUSED as fault:
        return _refused(ask, number, fault, "It was not proposed", "#propose")
    return ask.go(f"/drafts/{number}/changes", said="The draft was proposed; a second person can publish it now.")


@door.post("/drafts/{number:int}/withdraw", WRITER)
def withdraw(ask: Asked, number: int) -> Response:
    """Take the proposal back, to write on."""
    drafting.withdraw(ask.house, number, actor=ask.name)
    return ask.go(f"/drafts/{number}", said="The proposal was taken back; nothing was published.")


@door.post("/drafts/{number:int}/approve", WRITER)
def approve(ask: Asked, number: int) -> Response:
    """Publish exactly the bytes that were looked at."""
    try:
        published = drafting.approve(ask.house, number, ask.form.text("hash"), actor=ask.name)
    except REFUSED as fault:
        return _refused(ask, number, fault, "It was not published", "#decide")
    dates = f"; {counted(len(published.moved), 'due date')} moved with it" if published.moved else ""
    stay = "" if published.kind == GOVERNANCE else " Open items keep their version until they are moved."
    return ask.go(address(published), said=f"Version {published.version} was published{dates}.{stay}")


def title(ask: Ask, draft: Draft) -> str:
    """What people call it: by its text if that can be read, else by its name."""
    if draft.kind == GOVERNANCE:
        return "Governance file"
    shown = _checked(ask, draft.kind, text(draft)).drawn
    return shown.title if shown is not None else draft.name or "New workflow"


def _editor(ask: Ask, draft: Draft, source: str, refused: Refused | None = None, status: int = 200) -> Response:
    checked = _checked(ask, draft.kind, source)
    shown = drawn(checked.drawn) if checked.drawn is not None else {}
    return ask.page(
        "drafts/edit.html",
        status=status,
        **_about(ask, draft, source, checked),
        **shown,
        refused=refused,
        against=list(line_diff(text(draft), source)) if refused else [],
    )


def _changes(ask: Ask, draft: Draft, refused: Refused | None = None, status: int = 200) -> Response:
    source = text(draft)
    problems, different = _judged(ask, draft)
    about = _about(ask, draft, source, _checked(ask, draft.kind, source))
    return ask.page(
        "drafts/changes.html",
        status=status,
        **about,
        refused=refused,
        problems=problems,
        differences=by_weight(different) if different is not None else None,
        has_part=part_of(ask.actor, draft.hands) is not None,
        moves=_moves(ask, draft) if draft.status == proposals.PROPOSED and not problems else None,
    )


def _moves(ask: Ask, draft: Draft) -> int | None:
    """How many due dates of open items a governance file moves; None where counting them takes a page of its own."""
    new = drafting.read(ask.world, draft)
    if not isinstance(new, Governance):
        return None
    with ask.house.store.reading() as look:
        if look.boards.number_of_items(FEW + 1) > FEW:
            return None
    return recounting.foresee(ask.house, new).moves


def _judged(ask: Ask, draft: Draft) -> tuple[list[Problem], tuple[Difference, ...] | None]:
    """Why it could not be published as it is, or else what it changes."""
    try:
        drafting.read(ask.world, draft)
    except DefinitionRefused as refused:
        return faults_told(draft, refused), None
    except Refusal as refused:
        return [{"text": sentence(str(refused))}], None
    return [], drafting.differences(ask.world, draft)


def faults_told(draft: Draft, refused: DefinitionRefused) -> list[Problem]:
    """Every fault with its line; a line of the draft leads there, where it can be written in."""
    return [_fault_told(draft, fault) for fault in refused.faults]


def _fault_told(draft: Draft, fault: Fault) -> Problem:
    said = f"{fault.line}: {fault.in_words}"
    if fault.file != draft.called:
        return {"text": f"In {fault.file}, which is published, line {said}"}
    if draft.status != drafting.WRITTEN:
        return {"text": f"Line {said}"}
    return {"text": f"Line {said}", "href": f"/drafts/{draft.id}#line-{fault.line}"}


def _refused(ask: Ask, number: int, fault: QaWorkflowError, heading: str, href: str) -> Response:
    draft = drafting.draft(ask.house, number)
    if isinstance(fault, DefinitionRefused):
        wrong = faults_told(draft, fault)
    else:
        wrong = [{"text": sentence(line), "href": href} for line in str(fault).splitlines()]
    return _changes(ask, draft, Refused(heading, "", wrong), status_of(fault))


def _about(ask: Ask, draft: Draft, source: str, checked: editing.Checked) -> dict[str, Any]:
    published = versions(ask.world, draft.kind, draft.name)
    based_on = next((d for d in published if d.hash == draft.based_on), None)
    newest = published[0] if published else None
    found = list(marks(source, checked.faults))
    return {
        "draft": draft,
        "title": title(ask, draft),
        "text": source,
        "address": address(draft),
        "newest": newest,
        "based_on": based_on,
        "overtaken": newest if based_on is not None and newest != based_on else None,
        "marks": found,
        "faults_said": marks_told(found),
        "lines": list(line_diff(text(newest), source)) if newest is not None else [],
    }


def marks_told(found: list[Mark]) -> str:
    """How many faults and warnings, as the editor's script says it too."""
    warnings = sum(mark["severity"] == "warning" for mark in found)
    errors = len(found) - warnings
    parts = [counted(n, word) for n, word in ((errors, "fault"), (warnings, "warning")) if n]
    return f"{' and '.join(parts)} in this text." if parts else "Nothing is wrong with this text."


def _checked(ask: Ask, kind: str, source: str) -> editing.Checked:
    return editing.check(ask.world, GOVERNANCE if kind == GOVERNANCE else WORKFLOW, source.encode())


def _source(ask: Ask) -> str:
    """The text as it was typed, every space of it."""
    return ask.form.raw("source")


def _revision(ask: Ask) -> int:
    return number_of(ask.form.text("revision"), 0)


def _clock(ask: Ask) -> str:
    return f"{local(ask.wall_now, ask.world.governance.calendar.zone):%H:%M}"
