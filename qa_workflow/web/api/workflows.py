"""Workflows, version by version: their stages and fields, text and picture; and the schemas of the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import JSONResponse, Response

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import FieldType
from qa_workflow.definition.pictures.diagram import as_mermaid, as_text
from qa_workflow.definition.pictures.picture import as_svg
from qa_workflow.definition.shape.schema import governance_schema, workflow_schema
from qa_workflow.service.definitions import publishing
from qa_workflow.service.ports.store import Definition
from qa_workflow.service.world import WORKFLOW, World
from qa_workflow.web.api.describing import READING, answers
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.models import workflows as models
from qa_workflow.web.api.models.base import Schema
from qa_workflow.web.statuses import NotThere

door = ApiDoor("workflows", __doc__)
OF_SOMETHING = (*READING, 404)
YAML = {"application/yaml": {"schema": {"description": "The text; what it means is said by its own schema."}}}
Named = Annotated[
    str,
    Path(min_length=1, max_length=100, pattern="^[A-Za-z0-9_-]+$", description="A name.", examples=["governing_body"]),
]
Number = Annotated[int, Path(ge=1, le=10**6, description="The number of a version.", examples=[1])]


@door.get("/workflows", right="see_all", responses=answers(models.Workflows, *READING))
def list_workflows(ask: Called) -> Response:
    """Every workflow that is published, at its newest version."""
    return ask.tell(models.Workflows, {"workflows": [_workflow(ask, name) for name in sorted(ask.world.latest)]})


@door.get("/workflows/{name}", right="see_all", responses=answers(models.Workflow, *OF_SOMETHING))
def get_workflow(ask: Called, name: Named) -> Response:
    """One workflow, at its newest version."""
    _versions(ask.world, name)
    return ask.tell(models.Workflow, _workflow(ask, name))


@door.get("/workflows/{name}/versions", right="see_all", responses=answers(models.Versions, *OF_SOMETHING))
def list_versions(ask: Called, name: Named) -> Response:
    """Every version of a workflow, the newest first; items keep the one they were opened with."""
    return ask.tell(models.Versions, {"versions": proposed(ask, _versions(ask.world, name))})


@door.get("/workflows/{name}/versions/{version}", right="see_all", responses=answers(models.Definition, *OF_SOMETHING))
def get_version(ask: Called, name: Named, version: Number) -> Response:
    """One version, taken apart: its fields and its stages."""
    definition = _one(ask.world, name, version)
    workflow = ask.world.workflow(definition.hash)
    told: dict[str, Any] = {"name": workflow.name, "title": workflow.title}
    told["version"] = proposed(ask, [definition])[0]
    told |= {"fields": list(_fields(workflow)), "stages": list(_stages(workflow))}
    return ask.tell(models.Definition, told)


@door.get(
    "/workflows/{name}/versions/{version}/source",
    right="see_all",
    response_class=Response,
    responses=answers(None, *OF_SOMETHING, content=YAML),
)
def get_source(ask: Called, name: Named, version: Number) -> Response:
    """The text of a version, byte for byte as it was published."""
    return Response(_one(ask.world, name, version).source, media_type="application/yaml")


@door.get(
    "/workflows/{name}/versions/{version}/picture",
    right="see_all",
    response_class=Response,
    responses=answers(None, *OF_SOMETHING, content={"image/svg+xml": {"schema": {"type": "string"}}}),
)
def get_picture(ask: Called, name: Named, version: Number) -> Response:
    """A version as a picture (SVG)."""
    drawn = as_svg(ask.world.workflow(_one(ask.world, name, version).hash))
    return Response(drawn, media_type="image/svg+xml")


@door.get(
    "/workflows/{name}/versions/{version}/moves",
    right="see_all",
    response_class=Response,
    responses=answers(None, *OF_SOMETHING, content={"text/plain": {"schema": {"type": "string"}}}),
)
def get_moves(
    ask: Called, name: Named, version: Number, mermaid: Annotated[bool, Query(description="As mermaid text.")] = False
) -> Response:
    """A version as a list of its moves, for who does not look at pictures."""
    workflow = ask.world.workflow(_one(ask.world, name, version).hash)
    return Response(as_mermaid(workflow) if mermaid else as_text(workflow), media_type="text/plain")


@door.get("/schemas/workflow", responses=answers(Schema, *READING))
def get_workflow_schema(ask: Called) -> Response:
    """The JSON Schema of workflow files."""
    del ask
    return JSONResponse(workflow_schema())


@door.get("/schemas/governance", responses=answers(Schema, *READING))
def get_governance_schema(ask: Called) -> Response:
    """The JSON Schema of the governance file."""
    del ask
    return JSONResponse(governance_schema())


def _versions(world: World, name: str) -> list[Definition]:
    found = [d for d in world.published if d.kind == WORKFLOW and d.name == name]
    if not found:
        raise NotThere("no workflow of this name is published")
    return sorted(found, key=lambda d: d.version, reverse=True)


def _one(world: World, name: str, version: int) -> Definition:
    found = next((d for d in _versions(world, name) if d.version == version), None)
    if found is None:
        raise NotThere("this workflow has no version of this number")
    return found


def proposed(ask: Caller, found: Sequence[Definition]) -> list[dict[str, Any]]:
    """Versions of one workflow, with who proposed each."""
    by = publishing.proposers(ask.house, found)
    return [
        {
            "version": each.version,
            "hash": each.hash,
            "published_at": each.published_at,
            "published_by": each.published_by,
            "proposed_by": by.get(each.version),
        }
        for each in found
    ]


def _workflow(ask: Caller, name: str) -> dict[str, Any]:
    workflow, definition = ask.world.newest(name)
    told = {"name": name, "title": workflow.title, "purpose": workflow.purpose, "subject": workflow.subject}
    return {**told, "period": workflow.period, "newest": proposed(ask, [definition])[0]}


def _fields(workflow: Workflow) -> Iterator[dict[str, Any]]:
    for each in workflow.fields.values():
        yield {
            "name": each.name,
            "label": each.label,
            "type": each.type,
            "of": each.of if each.type is FieldType.LIST else None,
            "help": each.help,
            "options": [option.value for option in each.options],
        }


def _stages(workflow: Workflow) -> Iterator[dict[str, Any]]:
    for stage in workflow.stages.values():
        yield {
            "path": stage.path,
            "title": stage.title,
            "owner": [*stage.owner.roles, *stage.owner.fields],
            "end": stage.end,
            "triggers": list(stage.transitions),
        }
