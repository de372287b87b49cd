"""Whole folders: read together, faults in order, and nothing raised for what is missing or cannot be read."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import Any

import pytest

from qa_workflow.definition import (
    DefinitionRefused,
    Workflow,
    load_governance,
    load_workflow,
    read_folder,
    read_governance,
    read_workflow,
)
from qa_workflow.definition.manual.example_files import ACTION, GOVERNANCE, complete
from qa_workflow.definition.manual.rule_examples import EXAMPLES
from qa_workflow.definition.rules import GROUPS, SHAPE
from tests.unit.definition.setting import governance

SHIPPED = Path(__file__).parents[3] / "workflows"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound folder: governance, one workflow, and another that it names."""
    (tmp_path / "governance.yaml").write_text(GOVERNANCE)
    (tmp_path / "action.yaml").write_text(ACTION)
    (tmp_path / "example.yaml").write_text(
        complete("stages:\n  draft: {owner: author, transitions: {send: {to: closed, opens: [action]}}}\n"
                 "  closed: {end: completed}\n")
    )  # fmt: skip
    return tmp_path


def rules(path: Path | str) -> list[str]:
    return [fault.rule for fault in read_folder([path]).faults]


def test_the_shipped_folder_is_silent() -> None:
    """What people copy has neither error nor warning."""
    found = read_folder([SHIPPED])
    assert [str(fault) for fault in found.faults] == []
    assert found.governance is not None
    assert set(found.workflows) == {file.stem for file in SHIPPED.glob("*.yaml")} - {"governance"}


def test_a_folder_gives_all_values_and_their_sources(folder: Path) -> None:
    """Each by its name, and the bytes by the hash that items pin."""
    found = read_folder([folder])
    assert found.faults == ()
    assert list(found.workflows) == ["action", "example"]
    data = (folder / "example.yaml").read_bytes()
    assert found.workflows["example"].hash == hashlib.sha256(data).hexdigest()
    assert found.sources[found.workflows["example"].hash] == data
    assert found.files["example"] == folder / "example.yaml"
    assert not found.refused


def test_one_file_stands_on_what_lies_beside_it(folder: Path) -> None:
    """The governance file, and the workflows that it names."""
    found = read_folder([folder / "example.yaml"])
    assert found.faults == ()
    assert list(found.workflows) == ["example"]


def test_a_file_that_is_named_twice_is_read_once(folder: Path) -> None:
    """By its folder and by itself, straight or round a corner."""
    assert read_folder([folder, folder / "action.yaml", folder / ".." / folder.name / "action.yaml"]).faults == ()


def test_faults_are_sorted_by_file_and_place(folder: Path) -> None:
    """They are read like the files."""
    (folder / "b.yaml").write_text("workflow: b\ntitle: B\nretention: long\nstages: {}\n")
    (folder / "a.yml").write_text("workflow: a\ntitel: A\nretention: long\n")
    found = read_folder([folder])
    assert [fault.order for fault in found.faults] == sorted(fault.order for fault in found.faults)
    assert {Path(fault.file).name for fault in found.faults} == {"a.yml", "b.yaml"}
    assert set(found.workflows) == {"action", "example"}
    assert found.refused


def test_two_governance_files_are_one_fault_and_nothing_is_concluded(folder: Path, tmp_path_factory: Any) -> None:
    """The workflows of one folder say nothing about those who are named in another."""
    other = tmp_path_factory.mktemp("other")
    (other / "governance.yaml").write_text("governance: other\n")
    (other / "odd.yaml").write_text(complete("retention: long\n"))
    assert rules(folder) == []
    for paths in ([folder, other], [folder / "example.yaml", other / "odd.yaml"]):
        assert [fault.rule for fault in read_folder(paths).faults] == ["no-governance"]


def test_a_governance_file_that_is_named_stands_before_one_that_lies_beside(
    folder: Path, tmp_path_factory: Any
) -> None:
    """So that a draft of it can be tried on the workflows as they are."""
    draft = tmp_path_factory.mktemp("draft") / "governance.yaml"
    draft.write_text(GOVERNANCE.replace("  author:", "  writer:"))
    found = read_folder([draft, folder / "example.yaml"]).faults
    assert {fault.rule for fault in found} == {"unknown-role"}


def test_a_missing_path_is_a_fault(tmp_path: Path) -> None:
    """And says which."""
    (fault,) = read_folder([tmp_path / "nowhere"]).faults
    assert fault.rule == "missing-file"
    assert fault.file.endswith("nowhere")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    """Reading it would wait for ever."""
    os.mkfifo(folder / "pipe.yaml")
    assert rules(folder) == ["unreadable-file"]


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_fault(folder: Path) -> None:
    """With the reason of the system."""
    (folder / "example.yaml").chmod(0)
    assert rules(folder) == ["unreadable-file"]


def test_a_folder_named_like_a_file_is_not_read(folder: Path) -> None:
    """It is no file."""
    (folder / "odd.yaml").mkdir()
    assert rules(folder) == ["unreadable-file"]


def test_a_very_large_file_is_not_read_to_its_end(folder: Path) -> None:
    """Five megabytes are refused by their size."""
    (folder / "large.yaml").write_bytes(b"a: b\n" * 1_000_000)
    assert rules(folder) == ["too-large"]


def test_a_broken_governance_file_does_not_hide_faults_of_workflows(folder: Path) -> None:
    """Its names are then taken on trust."""
    (folder / "governance.yaml").write_text("governance: [\n")
    (folder / "example.yaml").write_text(complete("retention: long\n"))
    assert sorted(rules(folder)) == ["retention-phrase", "yaml-syntax"]


def test_a_checked_text_is_loaded_without_the_checks_of_meaning() -> None:
    """Items keep the version they began with, also when the governance has moved on."""
    text = complete("stages:\n  draft: {owner: retired_role, transitions: {send: {to: closed}}}\n  closed: {end: x}\n")
    loaded = load_workflow(text.encode(), governance())
    assert isinstance(loaded, Workflow)
    assert loaded.stages["draft"].owner.roles == ("retired_role",)


def test_loading_does_not_ask_again_whether_stages_can_be_reached() -> None:
    """That was asked before it was published."""
    text = complete("stages:\n  a: {owner: author}\n  b: {end: completed}\n").encode()
    assert {fault.rule for fault in read_workflow(text, "x.yaml", governance()).faults} == {
        "dead-end",
        "unreachable-stage",
    }
    assert list(load_workflow(text, governance()).stages) == ["a", "b"]


def test_a_text_that_cannot_be_built_is_refused_with_all_its_faults() -> None:
    """`DefinitionRefused` carries them."""
    steps = "{send: {to: closd}, drop: {to: closed, when: note + 'a'}}"
    text = complete(f"stages:\n  draft: {{owner: author, transitions: {steps}}}\n  closed: {{end: completed}}\n")
    with pytest.raises(DefinitionRefused) as refused:
        load_workflow(text.encode(), governance())
    assert [fault.rule for fault in refused.value.faults] == ["unknown-stage", "guard-name"]


STORED = """\
workflow: stored
title: A text of long ago
reference: X
retention: long
fields:
  grade: {type: choice, scale: gone}
  rating: {type: choice, scale: assurance, default: splendid}
  note: {type: text, of: number}
stages:
  draft:
    owner: retired
    transitions:
      one: {to: closed, when: "rating == 'splendid'"}
      two: {to: closed, when: "role('retired')"}
      three: {to: closed, when: "role('author') or true"}
      four: {to: closed, not_before: 3 months after entry, not_after: 1 month after entry}
  closed: {end: completed}
"""


def test_a_published_text_is_loaded_under_rules_that_it_breaks_now() -> None:
    """A scale lost a level, a role is gone, rules are stricter: what is under way goes on, and nothing is left out."""
    checked = read_workflow(STORED.encode(), "stored.yaml", governance())
    assert checked.refused
    loaded = load_workflow(STORED.encode(), governance())
    steps = loaded.stages["draft"].transitions
    guards = [steps[name].when for name in ("one", "two", "three")]
    assert [guard.text for guard in guards if guard is not None] == [
        "rating == 'splendid'",
        "role('retired')",
        "role('author') or true",
    ]


def test_a_rule_about_meaning_never_stops_a_published_text() -> None:
    """By the wrong example of each rule: only a text of another shape, or one of which a part would be left out, is."""
    stopped: set[str] = set()
    for rule, example in EXAMPLES.items():
        try:
            if example.kind == "workflow":
                load_workflow(complete(example.wrong).encode(), governance())
        except DefinitionRefused:
            stopped.add(rule)
    meaning = {rule.id for name in ("How items travel", "Times", "Who may act", "Warnings") for rule in GROUPS[name]}
    assert stopped & meaning == {"time-rule", "time-of-day"}, "no time would be left out"
    assert {rule.id for rule in SHAPE} & set(EXAMPLES) - stopped == {"reserved-name"}


def test_a_rule_about_meaning_never_stops_a_published_governance_file() -> None:
    """Everything in the house stands on it."""
    text = complete("bodies: {a: {title: A, reports_to: b}, b: {title: B, reports_to: a}}\n", "governance").encode()
    assert [fault.rule for fault in read_governance(text).faults] == ["reports-to-circle"]
    assert set(load_governance(text).bodies) == {"a", "b"}


def test_names_are_taken_on_trust_without_a_governance_file() -> None:
    """A single text can be looked at alone."""
    text = complete(
        "stages:\n  draft: {owner: anybody_at_all, transitions: {send: {to: closed}}}\n  closed: {end: x}\n"
    )
    assert read_workflow(text.encode(), "x.yaml").faults == ()


def test_governance_is_read_as_dated_values() -> None:
    """With its own calendars, series and rules."""
    found = read_governance(GOVERNANCE.encode()).required()
    board = found.bodies["board"]
    assert board.series is not None
    assert str(board.papers) == "5 clear working days before meeting"
    assert found.bodies["group"].reports_to == "board"
    assert [option.value for option in found.scales["assurance"].levels] == ["full", "partial"]
    assert found.calendar.id == "england"


def test_a_thousand_stages_are_checked_quickly() -> None:
    """An administrator waits for the answer."""
    stages = "".join(
        f"  s{number}:\n    owner: author\n    due: {1 + number % 20} working days after entry\n"
        f"    remind: [2 working days before due]\n    transitions:\n"
        f"      go: {{to: s{number + 1}, needs: rating, when: rating != 'partial'}}\n"
        f"      back: {{to: s0, needs: reason, at_most: 2 times}}\n"
        for number in range(1000)
    )
    text = f"workflow: large\ntitle: Large\nfields: {{rating: {{type: choice, scale: assurance}}}}\nstages:\n{stages}"
    begun = time.process_time()
    read = read_workflow(f"{text}  s1000: {{end: completed}}\n".encode(), "large.yaml", governance(), {})
    assert time.process_time() - begun < 2
    assert read.faults == ()
    assert len(read.required().stages) == 1001


def test_many_series_without_a_date_do_not_keep_anybody_waiting() -> None:
    """That a rule gives no date is only known after years of it; the first ten explain the rest."""
    rule = "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2;WKST=MO"
    bodies = "".join(
        f"  b{n}: {{title: B, meets: {{rule: {rule}, from: {1990 + n % 100}-01-01, at: '10:00'}}}}\n"
        for n in range(300)
    )
    begun = time.process_time()
    faults = read_governance(complete(f"bodies:\n{bodies}", "governance").encode()).faults
    assert time.process_time() - begun < 3
    assert [fault.rule for fault in faults] == ["series-rule"] * 10


@pytest.mark.parametrize(
    "line",
    [
        "  s{n}: {{end: completed}}\n",
        "  s{n}: {{owner: author, transitions: {{a: {{to: s{m}, at_most: once}}, b: {{to: s{n}, at_most: once}}}}}}\n",
        "  s{n}: {{owner: whoever did go, transitions: {{go: {{to: s{m}, not_by: whoever did go}}}}}}\n",
        "  s{n}: {{owner: author, transitions: {{go: {{to: s{m}, at: entry, needs: day}}}}}}\n",
    ],
    ids=["ends", "bounds", "whoever", "clock"],
)
def test_thousands_of_stages_take_time_in_proportion(line: str) -> None:
    """Whatever they say of each other."""
    stages = "".join(line.format(n=number, m=number + 1) for number in range(3000))
    text = f"workflow: large\ntitle: Large\nfields: {{day: date}}\nstages:\n{stages}  s3000: {{end: completed}}\n"
    begun = time.process_time()
    read_workflow(text.encode(), "large.yaml", governance(), {})
    assert time.process_time() - begun < 3


def test_a_stored_text_is_read_however_many_of_its_names_the_governance_file_no_longer_has() -> None:
    """And whatever comes after the two hundred that are listed: one that leaves a part out is refused all the same."""
    stages = "".join(f"  s{n}: {{owner: gone_{n}, transitions: {{go: {{to: s{n + 1}}}}}}}\n" for n in range(250))
    text = f"workflow: long\ntitle: Long\nstages:\n{stages}  s250: {{end: completed}}\n"
    assert len(load_workflow(text.encode(), governance()).stages) == 251
    with pytest.raises(DefinitionRefused):
        load_workflow(text.replace("{to: s250}", "{to: s250, whenn: 3}").encode(), governance())
