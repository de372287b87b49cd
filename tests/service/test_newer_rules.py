"""What was published before a rule of the check was made goes on, and stands in no other file's way."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_workflow.definition import DefinitionRefused
from qa_workflow.definition.checks import together
from tests.service.publishers import GOVERNANCE, office_at

AUDIT = """
workflow: safety_audit
title: Audit
stages:
  draft: {owner: author, transitions: {send: {to: closed}}}
  closed: {end: completed}
"""


def test_another_governance_file_answers_only_for_what_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workflows name their items alike since before that was refused; a role that goes is refused still."""
    monkeypatch.setattr(together, "_named_alike", lambda *_: None)
    texts = {"safety_audit.yaml": AUDIT, "staff_audit.yaml": AUDIT.replace("safety_audit", "staff_audit")}
    with office_at(tmp_path, f"sqlite:///{tmp_path / 'office.db'}", texts=texts, whole=False) as office:
        monkeypatch.undo()
        file = tmp_path / "governance.yaml"
        file.write_text(GOVERNANCE.replace("Publisher", "Who publishes"))
        assert [each.version for each in office.publish([file], actor="ada")] == [2]
        file.write_text(GOVERNANCE.replace("author:", "writer:"))
        with pytest.raises(DefinitionRefused, match="'author'") as refused:
            office.publish([file], actor="ada")
        assert "reference-twice" not in str(refused.value)
