"""How routes are described to programs: every answer they may give, and the description as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel

from qa_workflow.web.api.codes import codes
from qa_workflow.web.api.conditions import ETAG_PATTERN, IDEMPOTENCY_KEY, IF_MATCH, KEY_PATTERN, REPLAYED
from qa_workflow.web.api.door import FORM_KEY_HEADER, PREFIX, ApiAllow
from qa_workflow.web.api.models.glossary import lines, meaning
from qa_workflow.web.api.models.problems import Problem
from qa_workflow.web.api.problems import MEDIA, TITLES

Described = dict[int | str, dict[str, Any]]
_PROBLEM = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_UPLOAD = "#/components/schemas/Upload"
_REPLAYED = {
    REPLAYED: {
        "description": "`true` where this request had been answered before, and nothing was done again.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
_LOCATION = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}
ALWAYS = (400, 401, 403, 500, 503)
READING = (*ALWAYS, 422)
OF_ITEM = (*READING, 404)
WRITING = (*READING, 413, 415)
ON_ITEM = (*WRITING, 404, 409, 428)

ABOUT = """\
Everything that the pages do, for programs: the same use cases, the same rights, the same refusals.

**Keys.** People make them under Account, Keys for programs. A key acts in its person's name, within its scopes, and is
sent as `Authorization: Bearer qaw_…`. It sees what the person sees; what they may not see is not there. Every key
reads: one with `act` or `administer` has the scope `read`, too.

**Nobody writes over another.** An item's answer has its revision as `ETag`. Every change of an item names the revision
that was looked at in `If-Match`: without it 428, and 409 when somebody was quicker, with who did what and when. What
is told of an item depends on the hour and on who asks, too, so `If-None-Match` is not looked at, and nothing is kept
on the way: what has changed is told by `/events`.

**Once.** With an `Idempotency-Key`, a request that takes one may be sent again when its answer was lost: it is done
once and answered alike, whatever `If-Match` it comes with. The same key with another body is refused with 422.

**No patients.** What looks like a patient's data is refused before anything is saved (`looks_like_patient`). Where
it is something else, send the request again with the `no_patient` of the refusal.

**Sure?** A due date that somebody sets (with authority, or as the value of a field), and the day to which a meeting is
moved, are refused where they are past, or no working day, with what would follow (`doubtful_date`). Where the date is
meant, send the request again with the `sure` of the refusal. A decision for many items tells it in its preview.

**Lists** go on with the cursor in `next`, under the same filters; nothing comes twice, whatever is opened meanwhile.

**Times** are ISO 8601 with the offset of the house's zone, days are days there.

**Limits.** 2 MB of JSON, 25 MB a document, 500 items a decision, 200 a page; ten files of lists an hour, then 429
with `Retry-After`.

**Refusals** are `application/problem+json`: go by `code`, which stays; show `detail` to people. Every code:"""


def answers(model: type[BaseModel] | None, *problems: int, status: int = 200, **more: Any) -> Described:
    """The answers of a route: one that it gives when all is well, and problems by status."""
    well: dict[str, Any] = {"description": "Done." if status != 200 else "As asked."}
    if model is not None:
        well["model"] = model
    well.update(more)
    told: Described = {status: well}
    for each in sorted(set(problems)):
        told[each] = {"description": TITLES[each], "content": _PROBLEM}
    return told


def once(model: type[BaseModel], *problems: int, status: int = 200) -> Described:
    """As `answers`, for a request that may be sent again under its key."""
    headers = {**(_LOCATION if status == 201 else {}), **_REPLAYED}
    return answers(model, *problems, status=status, headers=headers)


def tagged(
    model: type[BaseModel], *problems: int, status: int = 200, pattern: str = ETAG_PATTERN, again: bool | None = None
) -> Described:
    """As `answers`, for something with its revision; `again`: under its key it may be sent again."""
    etag = {"ETag": {"description": "The revision that is shown.", "schema": {"type": "string", "pattern": pattern}}}
    is_once = 409 in problems if again is None else again
    headers = {**etag, **(_LOCATION if status == 201 else {}), **(_REPLAYED if is_once else {})}
    return answers(model, *problems, status=status, headers=headers)


def describe(routes: Sequence[Any], tags: list[dict[str, str]]) -> dict[str, Any]:
    """The OpenAPI description of these routes."""
    found = [route for route in routes if isinstance(route, APIRoute) and route.include_in_schema]
    every = "\n".join(f"| `{code}` | {means} |" for code, means in codes().items())
    told = get_openapi(
        title="qa_workflow",
        version=version("qa-workflow"),
        description=f"{ABOUT}\n\n| code | what it means |\n|---|---|\n{every}",
        routes=found,
        tags=tags,
    )
    parts = told.setdefault("components", {})
    shapes = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        shapes.pop(name, None)
    shapes["Upload"] = shapes.pop("Body_upload_document") | {"title": "Upload", "description": "A form with one file."}
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    shapes.update(problem.pop("$defs", {}))
    shapes["Problem"] = problem
    made_of = lines()
    for shape, described in shapes.items():
        for name, each in described.get("properties", {}).items():
            means = meaning(made_of.get(shape, (shape,)), name)
            if means is not None:
                each.setdefault("description", means)
    parts["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "A key for programs, `qaw_…`."},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "qa",
            "description": f"The session of a page; a change also needs its form key in `{FORM_KEY_HEADER}`.",
        },
    }
    for route in found:
        for method in route.methods or ():
            _tell(told["paths"][route.path_format][method.lower()], route)
    return told


def _tell(operation: dict[str, Any], route: APIRoute) -> None:
    """What the framework cannot know: who may pass, and which headers are really needed."""
    allow = next(a for d in route.dependencies if isinstance(a := getattr(d.dependency, "__self__", None), ApiAllow))
    operation["security"] = [] if allow.public else [{"key": []}, {"session": []}]
    if not allow.public:
        needs = f"Needs the scope `{allow.scope}`" + (f" and the right `{allow.right}`." if allow.right else ".")
        operation["description"] = "\n\n".join(filter(None, [operation.get("description", ""), needs]))
    if operation.pop("x-takes-files", False):
        operation["requestBody"]["content"]["multipart/form-data"]["schema"]["$ref"] = _UPLOAD
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == IF_MATCH:
            parameter["required"] = True
            pattern = parameter["schema"].get("pattern", ETAG_PATTERN)
            example = '"7"' if pattern == ETAG_PATTERN else '"0123456789ab"'
            parameter["schema"] = {"type": "string", "pattern": pattern}
            parameter["example"] = example
            parameter["description"] = "The revision that was looked at: the ETag of an earlier answer."
        elif parameter["name"] == IDEMPOTENCY_KEY:
            parameter["schema"] = {"type": "string", "pattern": KEY_PATTERN}
            parameter["example"] = "0b9f2c54-8f0e-4d53-9a57-6f0a2f7a3c11"
            parameter["description"] = "A key of this request, for instance a random UUID; sent again, it is done once."


def path_of(part: str) -> str:
    """An address of the API."""
    return f"{PREFIX}{part}"
