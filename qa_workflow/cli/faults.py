"""Whatever goes wrong, said in one place: what happened, where, what to do; and the exit code that belongs to it."""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from qa_workflow.cli.visible import escaped, visible
from qa_workflow.errors import QaWorkflowError, StorageFault, UsageFault
from qa_workflow.service import saved

REFUSED, USAGE, STORAGE, INTERRUPTED = 1, 2, 4, 130
_TITLES = {1: "Refused", 2: "Usage", 3: "Integrity", 4: "Storage", INTERRUPTED: "Stopped"}


class Unforeseen(QaWorkflowError):
    """A fault of the program itself. `reference` finds it in the log."""

    code = "unforeseen"

    def __init__(self, reference: str, log: str) -> None:
        self.reference, self.log = reference, log
        super().__init__(
            f"something went wrong that this program did not foresee (reference {reference}). "
            f"What is known about it stands in {log}; please send that file to whoever looks after qa-workflow"
        )


class FileFault(QaWorkflowError):
    """The operating system could not read or write a file."""

    exit_code = STORAGE
    code = "file"

    def __init__(self, fault: OSError) -> None:
        self.file = str(fault.filename) if fault.filename else None
        said = fault.strerror or str(fault)
        what = f"{self.file}: {said}" if self.file else said
        super().__init__(f"{what}; check the name, your rights to it, and the room on the disk")


class Interrupted(QaWorkflowError):
    """Somebody pressed Ctrl-C, or ended what was being typed."""

    exit_code = INTERRUPTED
    code = "interrupted"

    def __init__(self) -> None:
        super().__init__("what was finished before is kept, and nothing is half done")


def explaining(run: Callable[[], int], typed: Sequence[str]) -> int:
    """The exit code of `run`; whatever it raises is told, never thrown on."""
    as_json = "--json" in typed
    saved.begin()
    try:
        return run()
    except StorageFault as fault:
        return tell(saved.rightly(fault), as_json)
    except QaWorkflowError as fault:
        return tell(fault, as_json)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.exceptions.NoArgsIsHelpError as fault:
        print(fault.message)
        return USAGE
    except click.ClickException as fault:
        return _tell_click(fault, as_json)
    except (click.Abort, KeyboardInterrupt, EOFError):
        return tell(Interrupted(), as_json)
    except BrokenPipeError:
        return _quiet_end()
    except OSError as fault:
        return tell(FileFault(fault), as_json)
    except Exception as fault:  # noqa: BLE001  the last place that could still say something
        if "--debug" in typed:
            traceback.print_exc()
            return REFUSED
        return tell(_logged(fault), as_json)


def tell(fault: QaWorkflowError, as_json: bool) -> int:
    """Say what happened: a sentence on standard error, or a JSON document on standard output. Gives the exit code."""
    if as_json:
        facts = {name: value for name, value in fault.facts().items() if name not in ("code", "message", "exit_code")}
        _print_json({"code": fault.code, "message": str(fault), "exit_code": fault.exit_code, **facts})
    else:
        _say(_TITLES.get(fault.exit_code, "Refused"), sentence(fault))
    return fault.exit_code


_TYPED = {
    " with no_patient ": " with --no-patient ",
    "; say which, as ": "; say which, as in --period ",
    "; give the file itself, not a text": "; give the file itself, as in report=@report.pdf",
}
"""What is a field elsewhere, and how it is typed here."""


def sentence(fault: QaWorkflowError) -> str:
    """The message; where there are several reasons, each on a line of its own."""
    obstacles: Sequence[Any] = getattr(fault, "obstacles", ())
    told = [f"{o.text.removesuffix('.')}: {o.detail}" if o.detail else o.text for o in obstacles]
    if len(obstacles) > 1 or any(o.detail for o in obstacles):
        head = str(fault).partition(str(obstacles[0].text))[0].rstrip(": ")
        return "\n".join([f"{head}:", *(f"  - {each}" for each in told)])
    mend = getattr(fault, "mend", "")
    said = str(fault)
    for elsewhere, here in _TYPED.items():
        said = said.replace(elsewhere, here)
    return f"{said}; {mend}" if mend not in said else said


def to_json(value: Any) -> str:
    """One JSON document; anything that JSON has no word for is written as text."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    return escaped(json.dumps(value, indent=2, ensure_ascii=encoding != "utf8", default=_plain))


def refuse_unreadable(typed: Sequence[str]) -> None:
    """Raises `UsageFault` for words that are no text in the terminal's encoding."""
    for word in typed:
        if any("\ud800" <= c <= "\udfff" for c in word):
            shown = word.encode("utf-8", "backslashreplace").decode()
            raise UsageFault(f"{shown!r} is not text in UTF-8; type it again, or set the terminal to UTF-8")


def _tell_click(fault: click.ClickException, as_json: bool) -> int:
    if as_json:
        _print_json({"code": "usage", "message": fault.format_message(), "exit_code": fault.exit_code})
        return fault.exit_code
    ctx = getattr(fault, "ctx", None)
    _say("Usage", fault.format_message())
    if ctx is not None:
        click.echo(f"       {ctx.command_path} --help shows how it is used, with an example.", err=True)
    return fault.exit_code


def _say(title: str, text: str) -> None:
    """A word for what sort of fault it is, red where colours are wanted, and the fault itself."""
    plain = False if os.environ.get("NO_COLOR") else None
    click.secho(f"{title}: ", fg="red", bold=True, nl=False, err=True, color=plain)
    click.echo(visible(text), err=True)


def _print_json(error: Mapping[str, Any]) -> None:
    click.echo(to_json({"error": error}))


def _plain(value: Any) -> Any:
    from dataclasses import asdict, is_dataclass
    from datetime import date

    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def _logged(fault: Exception) -> Unforeseen:
    reference = secrets.token_hex(3)
    told = "".join(traceback.format_exception(fault))
    for folder in _log_folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"fault-{reference}.log"
            path.write_text(told, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return Unforeseen(reference, str(path))
    logging.getLogger(__name__).error("reference %s\n%s", reference, told)
    return Unforeseen(reference, "the lines above, for no log file could be written")


def _log_folders() -> list[Path]:
    state = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_STATE_HOME")
    usual = Path(state) if state else Path("~/.local/state").expanduser()
    return [usual / "qa-workflow", Path(tempfile.gettempdir())]


def _quiet_end() -> int:
    """Whoever was reading has gone; nothing is left to be said, and Python must not try at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
