"""Parser, JSON Schema and manual accept the same keys, because they are made from one table."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from qa_workflow import definition
from qa_workflow.calendar import AnchorKind, DayKind
from qa_workflow.definition.guards.functions import FUNCTIONS
from qa_workflow.definition.manual.reference import GOVERNANCE_PARTS, WORKFLOW_PARTS, language_reference
from qa_workflow.definition.shape.keys import keys_of
from qa_workflow.definition.shape.schema import governance_schema, workflow_schema
from qa_workflow.definition.shape.workflow import Shape


def _parts(schema: dict[str, Any], root: str) -> dict[str, Any]:
    return {root: schema, **{name: part for name, part in schema["$defs"].items() if part.get("type") == "object"}}


SCHEMAS = {
    **_parts(governance_schema(), "GovernanceShape"),
    **_parts(workflow_schema(), "WorkflowShape"),
}
PARTS = [*WORKFLOW_PARTS, *GOVERNANCE_PARTS]


def test_the_manual_has_a_table_for_every_shape() -> None:
    """Nothing is accepted that is not described."""
    assert {part.__name__ for _, part in PARTS} == set(SCHEMAS)


@pytest.mark.parametrize("shape", [part for _, part in PARTS], ids=lambda part: part.__name__)
def test_parser_schema_and_manual_know_the_same_keys(shape: type[Shape]) -> None:
    """And all three say what a key is for."""
    keys = keys_of(shape)
    schema = SCHEMAS[shape.__name__]
    assert list(schema["properties"]) == list(keys)
    assert set(schema.get("required", ())) == {key.name for key in keys.values() if key.required}
    assert schema["additionalProperties"] is False
    for key in keys.values():
        assert key.about, key.name
        assert schema["properties"][key.name]["description"] == key.about


def test_the_manual_lists_every_key_once_in_its_table() -> None:
    """In the order of the shapes."""
    tables = language_reference().partition("### A workflow file")[2]
    rows = re.findall(r"^\| `([a-z_]+)`", tables, re.MULTILINE)
    expected = [name for _, part in PARTS for name in keys_of(part)]
    assert rows == expected


def test_the_manual_knows_the_words_of_times_and_conditions() -> None:
    """From the tables of the code."""
    page = language_reference()
    for word in (*(kind.plural for kind in DayKind), *(kind.value for kind in AnchorKind if not kind.has_name)):
        assert word in page
    for function in FUNCTIONS.values():
        assert f"`{function.form}`" in page


def test_the_schemas_are_plain_json() -> None:
    """Editors read them."""
    for schema in (workflow_schema(), governance_schema()):
        assert json.loads(json.dumps(schema)) == schema
        assert "null" not in json.dumps(schema)


def test_the_front_door_is_listed() -> None:
    """What others may use."""
    assert sorted(definition.__all__) == list(definition.__all__)
    assert all(hasattr(definition, name) for name in definition.__all__)
