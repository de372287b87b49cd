"""The workflows as pictures, as words and as text; their versions; and the governance file they all stand on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Annotated, Any

from fastapi import Query
from markupsafe import Markup
from starlette.responses import Response

from qa_workflow.definition import Workflow, load_governance, read_governance
from qa_workflow.definition.differences.difference import Difference
from qa_workflow.definition.differences.governance import governance_differences
from qa_workflow.definition.differences.titles import titled
from qa_workflow.definition.differences.workflow import workflow_differences
from qa_workflow.definition.pictures.picture import as_svg
from qa_workflow.service.definitions import publishing
from qa_workflow.service.definitions.drafting import Draft
from qa_workflow.service.definitions.publishing import Published
from qa_workflow.service.ports.store import Definition
from qa_workflow.service.rights import right_words
from qa_workflow.service.telling.versions import GOVERNANCE, WORKFLOW, newest, version, versions
from qa_workflow.service.telling.workflows import workflow_words
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import Door, right
from qa_workflow.web.line_diff import line_diff

door = Door()
READER = right("see_all")
Number = Annotated[int | None, Query(alias="version", ge=1, le=1_000_000)]


@door.get("/workflows", READER)
def workflows(ask: Asked) -> Response:
    """Everything that is published, in its newest version."""
    governance, *others = newest(ask.world)
    found = [(definition, ask.world.workflow(definition.hash)) for definition in others]
    return ask.page("workflows/list.html", governance=governance, found=found)


@door.get("/workflows/{name}", READER)
def workflow(ask: Asked, name: str, number: Number = None) -> Response:
    """One workflow: its picture, and the same in words."""
    definition = version(ask.world, WORKFLOW, name, number)
    shown = ask.world.workflow(definition.hash)
    words = workflow_words(shown, ask.world.governance, ask.today)
    return ask.page("workflows/picture.html", **_context(ask, definition), **drawn(shown, told=True), stages=words)


@door.get("/governance", READER)
def governance(ask: Asked, number: Number = None) -> Response:
    """The governance file: who may do what, and who reports to whom."""
    definition = version(ask.world, GOVERNANCE, "", number)
    shown = load_governance(definition.source)
    rights = {right_words(name): [shown.roles[role].title for role in roles] for name, roles in shown.rights.items()}
    return ask.page("workflows/governance.html", **_context(ask, definition), governance=shown, rights=rights)


@door.get("/workflows/{name}/text", READER)
def workflow_text(ask: Asked, name: str, number: Number = None) -> Response:
    """The text of a workflow as it was published."""
    definition = version(ask.world, WORKFLOW, name, number)
    return ask.page("workflows/text.html", **_context(ask, definition))


@door.get("/governance/text", READER)
def governance_text(ask: Asked, number: Number = None) -> Response:
    """The text of the governance file as it was published."""
    return ask.page("workflows/text.html", **_context(ask, version(ask.world, GOVERNANCE, "", number)))


@door.get("/workflows/{name}/file", READER)
def workflow_file(ask: Asked, name: str, number: Number = None) -> Response:
    """The text as a file, byte for byte."""
    return _file(version(ask.world, WORKFLOW, name, number))


@door.get("/governance/file", READER)
def governance_file(ask: Asked, number: Number = None) -> Response:
    """The text as a file, byte for byte."""
    return _file(version(ask.world, GOVERNANCE, "", number))


@door.get("/workflows/{name}/versions", READER)
def workflow_versions(ask: Asked, name: str) -> Response:
    """What was published under this name, and what each version changed."""
    return _versions(ask, version(ask.world, WORKFLOW, name, None))


@door.get("/governance/versions", READER)
def governance_versions(ask: Asked) -> Response:
    """What was published as the governance file, and what each version changed."""
    return _versions(ask, version(ask.world, GOVERNANCE, "", None))


def drawn(shown: Workflow, *, told: bool = False) -> dict[str, Any]:
    """A workflow and its picture, for the templates; where its stages are `told` below, in titles, boxes lead there."""
    picture = as_svg(shown, link="#stage-{stage}" if told else None, inline="picture", titled=told)
    return {"workflow": shown, "picture": Markup(picture)}  # noqa: S704  everything in it is escaped


def address(definition: Definition | Draft | Published) -> str:
    """Where the pages of what is published under its name are."""
    return "/governance" if definition.kind == GOVERNANCE else f"/workflows/{definition.name}"


def title(ask: Ask, definition: Definition) -> str:
    """What people call it."""
    if definition.kind == GOVERNANCE:
        return "Governance file"
    return ask.world.workflow(definition.hash).title


def _versions(ask: Ask, definition: Definition) -> Response:
    found = versions(ask.world, definition.kind, definition.name)
    steps = [
        (new, _differences(ask, old, new), _lines(old, new)) for new, old in zip(found, [*found[1:], None], strict=True)
    ]
    proposed_by = publishing.proposers(ask.house, found)
    return ask.page("workflows/versions.html", **_context(ask, definition), steps=steps, proposed_by=proposed_by)


def _differences(ask: Ask, old: Definition | None, new: Definition) -> list[tuple[str, list[Difference]]]:
    """What a version changed, in words; nothing for the first, and for a text that is not read any more."""
    if old is None:
        return []
    if new.kind == GOVERNANCE:
        before, after = (read_governance(each.source).value for each in (old, new))
        return by_weight(titled(governance_differences(before, after), after)) if before and after else []
    both = ask.world.workflow(old.hash), ask.world.workflow(new.hash)
    return by_weight(titled(workflow_differences(*both), ask.world.governance, both))


def by_weight(found: Iterable[Difference]) -> list[tuple[str, list[Difference]]]:
    """Differences under the headings of a page, the gravest first."""
    return [(weight[:1].upper() + weight[1:], list(each)) for weight, each in groupby(found, attrgetter("weight"))]


def _lines(old: Definition | None, new: Definition) -> Sequence[object]:
    return list(line_diff(text(old), text(new))) if old is not None else []


def text(definition: Definition | Draft) -> str:
    """Its bytes as text. What was published was checked to be that; a draft may hold anything."""
    return definition.source.decode("utf-8", "replace").removeprefix("\ufeff")


def _context(ask: Ask, definition: Definition) -> dict[str, Any]:
    latest = versions(ask.world, definition.kind, definition.name)[0]
    return {
        "definition": definition,
        "latest": latest,
        "asked_version": "" if definition == latest else f"?version={definition.version}",
        "title": title(ask, definition),
        "address": address(definition),
        "text": text(definition),
    }


def _file(definition: Definition) -> Response:
    name = "governance" if definition.kind == GOVERNANCE else definition.name
    headers = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return Response(definition.source, media_type="text/plain; charset=utf-8", headers=headers)
