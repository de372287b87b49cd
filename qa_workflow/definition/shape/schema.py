"""The JSON Schema of both files, for editors: made from the same shapes as the parser."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from qa_workflow.definition.shape.governance import GovernanceShape
from qa_workflow.definition.shape.workflow import Shape, WorkflowShape

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Written(GenerateJsonSchema):
    """As files are written: what may be left out is left out, and never `null`."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def workflow_schema() -> dict[str, Any]:
    """For every file of a workflows folder except `governance.yaml`."""
    return _schema(WorkflowShape, "Workflow")


def governance_schema() -> dict[str, Any]:
    """For `governance.yaml`."""
    return _schema(GovernanceShape, "Governance")


def _schema(shape: type[Shape], title: str) -> dict[str, Any]:
    made = shape.model_json_schema(schema_generator=_Written, by_alias=True)
    return {"$schema": DIALECT, **_tidy(made), "title": title}


def _tidy(part: Any) -> Any:
    """Without the titles that are only the keys in other letters; a choice within a choice is one choice."""
    if isinstance(part, list):
        return [_tidy(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    tidy = {key: _tidy(value) for key, value in part.items() if not (key == "title" and isinstance(value, str))}
    if "anyOf" in tidy:
        flat: list[Any] = []
        for way in tidy["anyOf"]:
            flat.extend(way["anyOf"] if isinstance(way, dict) and set(way) == {"anyOf"} else [way])
        tidy["anyOf"] = flat
    return tidy
