"""The real command, driven by tests: in this process where it can be, in processes of its own where it must be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from qa_workflow.cli.main import qa_workflow
from tests.known import governance_read_once

ROOT = Path(__file__).resolve().parents[2]
START = "2027-04-01T09:00"
GHFT = "PA/2026-27-Q4/ghft"
STEPS = ("submit", "accept", "send_feedback", "assure", "receive")


@dataclass(frozen=True)
class Answer:
    """What a command line said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """What went wrong, of an answer in JSON."""
        found: dict[str, Any] = self.json["error"]
        return found


class CommandLine:
    """`qa(…)` runs a command on one database and holds it to its exit code."""

    def __init__(self, database: str, folder: Path, **environment: str) -> None:
        self.database, self.folder = database, folder
        self.environment = {
            "QA_WORKFLOW_DATABASE": database,
            "QA_WORKFLOW_WORKFLOWS": str(ROOT / "workflows"),
            "QA_WORKFLOW_DOCUMENTS": str(folder / "documents"),
            "XDG_STATE_HOME": str(folder / "state"),
            "COLUMNS": "200",
            "PYTHONPATH": str(ROOT),
            **environment,
        }

    def __call__(self, *words: str, code: int = 0, answer: str | None = None, **environment: str) -> Answer:
        """Run in this process; fails with what was said unless it ends with `code`."""
        runner = CliRunner(env={**self.environment, **environment})
        result = runner.invoke(qa_workflow, list(words), input=answer, prog_name="qa-workflow", catch_exceptions=False)
        found = Answer(result.exit_code, result.stdout, result.stderr)
        assert found.code == code, self._told(words, found)
        return found

    def _told(self, words: Sequence[str], found: Answer) -> str:
        """What a command said that ended otherwise than it should, with what only the log has."""
        logs = [path.read_text(encoding="utf-8")[-1500:] for path in (self.folder / "state").rglob("*.log")]
        return "\n".join([f"qa-workflow {' '.join(words)} ended with {found.code}:", found.err, found.out, *logs])

    def json(self, *words: str, code: int = 0, **environment: str) -> Any:
        """The document that a command answers with."""
        return self(*words, "--json", code=code, **environment).json

    def process(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Start it in a process of its own."""
        command = [sys.executable, "-m", "qa_workflow.cli", *words]
        env = {**os.environ, **self.environment, **environment}
        return subprocess.Popen(
            command,
            env=env,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def apart(self, *words: str, code: int = 0, **environment: str) -> Answer:
        """Run in a process of its own, to its end."""
        started = self.process(*words, **environment)
        out, err = started.communicate(timeout=60)
        found = Answer(started.returncode, out, err)
        assert found.code == code, self._told(words, found)
        return found

    def file(self, name: str, content: str = "The report of the quarter.\n") -> str:
        """A file to attach, as `--set` wants it."""
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return f"@{path}"

    def open(self) -> str:
        """The item of the issue's pipeline, opened; its reference."""
        reference: str = self.json("open", "provider_assurance", "--subject", "ghft", "--period", "2026-27 Q4")[
            "reference"
        ]
        return reference

    def step(self, trigger: str) -> Sequence[str]:
        """The words of one step of the pipeline, with everything that it needs."""
        by = {
            "submit": ("ghft-contact", f"report={self.file('q4.pdf')}"),
            "accept": ("quality-lead", f"minutes={self.file('minutes.txt')}", "rating=reasonable"),
            "send_feedback": ("second-quality-lead", "feedback=Complete and recent."),
            "assure": ("committee-chair",),
            "receive": ("governance-officer",),
        }
        person, *values = by[trigger]
        return "advance", GHFT, trigger, "--as", person, *(word for value in values for word in ("--set", value))

    def walk(self, *triggers: str) -> None:
        """Make some steps of the pipeline."""
        for trigger in triggers:
            self(*self.step(trigger))


def serve() -> None:
    """Run one command line after another, each read as a line of JSON; a process that need not start anew each time."""
    with governance_read_once():
        for line in sys.stdin:
            result = CliRunner().invoke(qa_workflow, json.loads(line), prog_name="qa-workflow", catch_exceptions=False)
            print(json.dumps([result.exit_code, result.stdout]), flush=True)  # noqa: T201


class Runner:
    """A process of its own that runs commands for as long as a test wants it to."""

    def __init__(self, qa: CommandLine) -> None:
        command = [sys.executable, "-c", "from tests.acceptance.command_line import serve; serve()"]
        self._process = subprocess.Popen(
            command, env={**os.environ, **qa.environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def begin(self, words: Sequence[str]) -> None:
        """Have a command run; the next is not begun before this one has ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(list(words)) + "\n")
        self._process.stdin.flush()

    def end(self) -> tuple[int, str]:
        """How it ended, and what it said."""
        assert self._process.stdout is not None
        code, out = json.loads(self._process.stdout.readline())
        return code, out

    def close(self) -> None:
        """No more commands."""
        self._process.communicate(timeout=60)


def rehearsal(url: str) -> None:
    """A rehearsal that begins on 1 April 2027, with the shipped workflows."""
    CommandLine(url, Path.cwd())("init", "--rehearsal", "--at", START)
