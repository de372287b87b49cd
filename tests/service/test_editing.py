"""A definition while it is written: judged against what is published, and drawn as far as it can be."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa_workflow.definition import Workflow, load_governance, read_workflow
from qa_workflow.definition.pictures.picture import as_svg
from qa_workflow.definition.read import digest
from qa_workflow.service.definitions import editing
from qa_workflow.service.ports.store import Definition
from qa_workflow.service.world import GOVERNANCE, WORKFLOW, World

WORKFLOWS = Path(__file__).parents[2] / "workflows"
TEXT = (WORKFLOWS / "quality_account.yaml").read_text(encoding="utf-8")


def definition(name: str) -> Definition:
    source = (WORKFLOWS / f"{name}.yaml").read_bytes()
    return Definition(digest(source), WORKFLOW, name, 1, source, datetime(2027, 4, 1, tzinfo=UTC), "system:setup")


@pytest.fixture
def world() -> World:
    """The shipped workflows, published; without a database."""
    governance = load_governance((WORKFLOWS / "governance.yaml").read_bytes())
    published = [definition(name) for name in ("cqrg_action", "provider_assurance", "quality_account")]
    return World("1", governance, {each.hash: each for each in published}, {})


def check(world: World, text: str, kind: str = WORKFLOW) -> editing.Checked:
    return editing.check(world, kind, text.encode())


def test_what_is_published_has_no_fault(world: World) -> None:
    assert check(world, TEXT).faults == ()
    governance = (WORKFLOWS / "governance.yaml").read_text(encoding="utf-8")
    assert [f for f in check(world, governance, GOVERNANCE).faults if f.severity == "error"] == []


def test_a_draft_is_read_with_the_workflows_it_names(world: World) -> None:
    """A sub-item's workflow must be there, with the fields that are copied into it."""
    text = (WORKFLOWS / "provider_assurance.yaml").read_text(encoding="utf-8")
    assert check(world, text).faults == ()
    assert "unknown-workflow" in {f.rule for f in check(world, text.replace("cqrg_action", "cqrg_deed")).faults}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("owner: quality_lead", "owner: quality_laed"),
        ("on 30 April after period end", "on 30 Arpil"),
        ("subject: provider", "subject: provider\nfoo: bar"),
        ("to: closed_without_statement", "to: closed_wihout_statement"),
    ],
)
def test_a_text_with_a_fault_is_still_drawn(world: World, right: str, wrong: str) -> None:
    """Somebody in the middle of a word does not lose the picture."""
    found = check(world, TEXT.replace(right, wrong, 1))
    assert found.faults
    assert found.value is None
    assert found.drawn is not None
    assert "Draft awaited" in as_svg(found.drawn)


@pytest.mark.parametrize("text", ["", "workflow: x", "stages:\n  x", "[", "workflow: x\ntitle: y\nstages: {}"])
def test_what_cannot_be_drawn_is_not(world: World, text: str) -> None:
    assert check(world, text).drawn is None


def test_every_half_of_a_text_can_be_asked_about(world: World) -> None:
    """The text at any moment of typing it: there is an answer, and what is drawn can be drawn."""
    lines = TEXT.splitlines(keepends=True)
    for end in range(0, len(lines), 3):
        shown = check(world, "".join(lines[:end])).drawn
        assert shown is None or as_svg(shown, link="#{stage}", inline="p")


def test_a_new_workflow_begins_without_a_fault(world: World) -> None:
    """And uses a role and a kind of organisation that are known here."""
    found = editing.check(world, WORKFLOW, editing.beginning(world))
    assert found.faults == ()
    assert isinstance(found.value, Workflow)
    assert read_workflow(editing.beginning(world), "new", world.governance).value is not None


def test_names_are_those_of_the_governance_file(world: World) -> None:
    names = editing.names(world)
    assert "quality_lead" in names["roles"]
    assert "quality_and_governance_committee" in names["bodies"]
    assert "assurance" in names["scales"]
    assert "provider" in names["kinds"]
    assert names["calendars"] == ("england",)
    assert set(names["workflows"]) == {"cqrg_action", "provider_assurance", "quality_account"}
