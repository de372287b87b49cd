"""Files read from end to end: text, shape, values, meaning. A bad file comes back as faults and raises nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Generic, TypeVar

from qa_workflow.definition.build.governance import build_governance
from qa_workflow.definition.build.workflow import Built, build_workflow
from qa_workflow.definition.checks import Others, check_governance, check_together, check_workflow
from qa_workflow.definition.faults import DefinitionRefused, Fault, Place, Severity
from qa_workflow.definition.found_faults import Faults
from qa_workflow.definition.governance import Governance
from qa_workflow.definition.model import Workflow
from qa_workflow.definition.shape.governance import GovernanceShape
from qa_workflow.definition.shape.shaping import shape_of
from qa_workflow.definition.shape.workflow import WorkflowShape
from qa_workflow.definition.text.decode import MAX_BYTES
from qa_workflow.definition.text.source import Source, read_source
from qa_workflow.garbage import uncollected

V = TypeVar("V")

GOVERNANCE_FILE = "governance.yaml"
"""The file of a folder that says who exists; every other one is a workflow."""
_BUILT_NEVERTHELESS = frozenset(
    {
        *("unknown-role", "unknown-body", "unknown-calendar", "unknown-kind", "unknown-person", "unknown-scale"),
        *("guard-constant", "guard-impossible", "reserved-name", "no-subject", "anchor-not-date"),
        *("field-form", "field-type", "choice-values", "option-twice", "value-type", "sub-item-field"),
        *("reference-form", "retention-phrase", "mail-form"),
    }
)
"""What may be wrong with a text of which nothing is left out: the governance file has moved on, or a rule is newer."""


@dataclass(frozen=True, slots=True)
class Reading(Generic[V]):
    """What a file means, or None if it has errors; and all its faults in the order of the file, warnings too."""

    value: V | None
    faults: tuple[Fault, ...]

    @property
    def refused(self) -> bool:
        """Whether there are errors."""
        return any(fault.severity is Severity.ERROR for fault in self.faults)

    def required(self) -> V:
        """The value; raises `DefinitionRefused` with the errors if there is none."""
        if self.value is None:
            raise DefinitionRefused(self.faults)
        return self.value


@dataclass(frozen=True, slots=True)
class Folder:
    """All files of a check: governance, workflows by name, every fault, and the bytes of each file by its hash."""

    governance: Governance | None
    workflows: Mapping[str, Workflow]
    faults: tuple[Fault, ...]
    files: Mapping[str, FilePath] = field(default_factory=dict)
    """Where each workflow came from."""
    sources: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether there are errors."""
        return any(fault.severity is Severity.ERROR for fault in self.faults)


def digest(data: bytes) -> str:
    """SHA-256 of a file's bytes, in hex: what items pin."""
    return hashlib.sha256(data).hexdigest()


@uncollected()
def read_governance(data: bytes, name: str = GOVERNANCE_FILE) -> Reading[Governance]:
    """Read and check a governance file."""
    return _read_governance(data, name)


def _read_governance(data: bytes, name: str, *, meaning: bool = True) -> Reading[Governance]:
    source = read_source(data, name)
    what, mend = f"this is a workflow, and {GOVERNANCE_FILE} says who exists", "give the file the workflow's name"
    if _is_another(source, "workflow", "governance", what, mend):
        return Reading(None, tuple(source.faults))
    shaped = shape_of(source, GovernanceShape)
    value = None
    if shaped.shape is not None:
        value = build_governance(source, shaped.shape, digest(data))
        if meaning:
            check_governance(value, shaped.shape, source, whole=shaped.whole)
    return Reading(None if source.faults.refused else value, tuple(source.faults))


@uncollected()
def read_workflow(
    data: bytes, name: str, governance: Governance | None = None, workflows: Mapping[str, Workflow] | None = None
) -> Reading[Workflow]:
    """Read and check a workflow file.

    Args:
        data: the bytes of the file.
        name: how messages call the file.
        governance: without it, names of roles, bodies, calendars and scales are taken on trust.
        workflows: the others that it may refer to, by name; without them, references to other workflows are too.
    """
    read = _read(data, name, governance)
    if read.built is not None and workflows is not None:
        own = read.built.workflow
        check_together({own.name: read.built}, Others({**workflows, own.name: own}))
    return read.reading()


@uncollected()
def load_workflow(data: bytes, governance: Governance | None = None, name: str = "workflow") -> Workflow:
    """A text that was checked before, without the checks of meaning.

    What a later governance file no longer has (a role, a scale), or a later rule no longer allows, does not stop it:
    items keep their version. What would leave a part of it out does.

    Raises:
        DefinitionRefused: it cannot be built after all.
    """
    read = _read(data, name, governance, meaning=False)
    grave = read.faults.errors - _BUILT_NEVERTHELESS
    if read.built is None or read.built.desk.has_lost_a_guard or grave:
        raise DefinitionRefused([fault for fault in read.faults if fault.rule in grave] or tuple(read.faults))
    return read.built.workflow


@uncollected()
def sketch_workflow(data: bytes, governance: Governance | None = None) -> Workflow | None:
    """A text as far as it can be understood, for a picture of it while it is written; None if there is nothing to draw.

    Steps in it may lead to stages that are not there; nothing may run by it.
    """
    built = _read(data, "workflow", governance, meaning=False).built
    return built.workflow if built is not None and built.workflow.start in built.workflow.stages else None


def _is_another(source: Source, given: str, wanted: str, what: str, mend: str) -> bool:
    """Whether a file is of the other kind, by the key with which it should begin; then that is all there is to say."""
    is_another = source.data is not None and given in source.data and wanted not in source.data
    if is_another:
        source.faults.add("wrong-file", source.key((given,)), what, mend)
    return is_another


@uncollected()
def load_governance(data: bytes, name: str = GOVERNANCE_FILE) -> Governance:
    """As `load_workflow`, for a governance file."""
    return _read_governance(data, name, meaning=False).required()


@uncollected()
def read_folder(paths: Iterable[str | FilePath]) -> Folder:
    """Read files and folders together: the governance first, then every workflow, then what they say of each other."""
    faults: list[Fault] = []
    files = _files([FilePath(path) for path in paths], faults)
    grounds = _grounds(files)
    if len(grounds) > 1:
        what = f"there is another governance file, {grounds[0]}"
        return Folder(None, {}, (*faults, _about(grounds[1], "no-governance", what, "check one folder at a time")))
    sources: dict[str, bytes] = {}
    governance, governance_faults = _governance(files, grounds, faults, sources)
    reads: dict[FilePath, _Read] = {}
    for file in files:
        data = _bytes(file, faults) if file.name != GOVERNANCE_FILE else None
        if data is not None:
            reads[file] = _read(data, str(file), governance)
            sources[digest(data)] = data
    origin = _by_name(reads)
    built = {name: each for name, file in origin.items() if (each := reads[file].built) is not None}
    complete = all(read.built is not None for read in reads.values())
    check_together(built, Others(_with_those_beside(built, origin, governance), complete))
    faults.extend(fault for read in reads.values() for fault in read.faults)
    good = {name: each.workflow for name, each in built.items() if not reads[origin[name]].faults.refused}
    everything = sorted([*faults, *governance_faults], key=lambda fault: fault.order)
    return Folder(governance, good, tuple(everything), {name: origin[name] for name in good}, sources)


def _with_those_beside(
    built: Mapping[str, Built], origin: Mapping[str, FilePath], governance: Governance | None
) -> dict[str, Workflow]:
    """The workflows that were read, and those that they name and that lie beside them as `NAME.yaml`."""
    known = {name: each.workflow for name, each in built.items()}
    folders = dict.fromkeys(file.parent for file in origin.values())
    ahead = [name for workflow in known.values() for name in workflow.names_workflows()]
    while ahead:
        name = ahead.pop()
        beside = [folder / f"{name}.yaml" for folder in folders if name not in known]
        data = next((data for file in beside if (data := _bytes(file, [])) is not None), None)
        read = _read(data, name, governance, meaning=False) if data is not None else None
        if read is not None and read.built is not None and read.built.workflow.name == name:
            known[name] = read.built.workflow
            ahead.extend(read.built.workflow.names_workflows())
    return known


def _by_name(reads: Mapping[FilePath, _Read]) -> dict[str, FilePath]:
    """Which file each workflow is in; a second one of the same name is a fault."""
    origin: dict[str, FilePath] = {}
    for file, read in reads.items():
        if read.built is None:
            continue
        name = read.built.workflow.name
        if name in origin:
            what = f"the workflow {name!r} is also defined in {origin[name]}"
            read.built.desk.report("duplicate-workflow", ("workflow",), what, "give one of them another name")
        origin.setdefault(name, file)
    return origin


@dataclass(frozen=True, slots=True)
class _Read:
    """A workflow file as far as it could be read."""

    faults: Faults
    built: Built | None

    def reading(self) -> Reading[Workflow]:
        value = self.built.workflow if self.built is not None and not self.faults.refused else None
        return Reading(value, tuple(self.faults))


def _read(data: bytes, name: str, governance: Governance | None, meaning: bool = True) -> _Read:
    source = read_source(data, name)
    what, mend = f"only {GOVERNANCE_FILE} is read as a governance file", f"call the file {GOVERNANCE_FILE}"
    if _is_another(source, "governance", "workflow", what, mend):
        return _Read(source.faults, None)
    shaped = shape_of(source, WorkflowShape)
    if shaped.shape is None:
        return _Read(source.faults, None)
    built = build_workflow(source, shaped.shape, governance, digest(data))
    if meaning:
        check_workflow(built, whole=shaped.whole)
    return _Read(source.faults, built)


def _files(paths: Sequence[FilePath], faults: list[Fault]) -> list[FilePath]:
    """Every definition file below the paths, each once, governance files first."""
    found: dict[FilePath, FilePath] = {}
    for path in paths:
        if path.is_dir():
            try:
                inside = sorted(
                    file
                    for file in path.iterdir()
                    if file.suffix in (".yaml", ".yml") and not file.name.startswith(".")
                )
            except OSError as bad:
                faults.append(
                    _about(
                        path, "unreadable-file", f"the folder cannot be read ({bad.strerror})", "check its permissions"
                    )
                )
                continue
            if not inside:
                faults.append(
                    _about(
                        path, "nothing-to-read", "the folder holds no .yaml file", "name the folder with your workflows"
                    )
                )
            found.update({file.resolve(): file for file in inside if file.resolve() not in found})
        elif path.exists():
            found.setdefault(path.resolve(), path)
        else:
            faults.append(_about(path, "missing-file", "there is no such file or folder", "check the path"))
    return sorted(found.values(), key=lambda file: (file.name != GOVERNANCE_FILE, str(file)))


def _grounds(files: Sequence[FilePath]) -> list[FilePath]:
    """The governance files on which workflows stand: those that are named, else those beside the workflows."""
    named = [file for file in files if file.name == GOVERNANCE_FILE]
    beside = dict.fromkeys(file.parent / GOVERNANCE_FILE for file in files)
    return named or [file for file in beside if file.is_file()]


def _governance(
    files: Sequence[FilePath], grounds: Sequence[FilePath], faults: list[Fault], sources: dict[str, bytes]
) -> tuple[Governance | None, tuple[Fault, ...]]:
    """The one governance, read."""
    if not grounds:
        if files:
            what = f"there is no {GOVERNANCE_FILE} beside it"
            faults.append(
                _about(
                    files[0].parent if len(files) > 1 else files[0],
                    "no-governance",
                    what,
                    "add one, or check the whole folder",
                )
            )
        return None, ()
    data = _bytes(grounds[0], faults)
    if data is None:
        return None, ()
    sources[digest(data)] = data
    reading = read_governance(data, str(grounds[0]))
    return reading.value, reading.faults


def _bytes(file: FilePath, faults: list[Fault]) -> bytes | None:
    """The file's bytes, no more than are looked at; a pipe or a device is not a file."""
    try:
        if not file.is_file():
            faults.append(_about(file, "unreadable-file", "this is not a file", "name a file or a folder"))
            return None
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as bad:
        reason = bad.strerror or type(bad).__name__
        faults.append(
            _about(
                file, "unreadable-file", f"the file cannot be read ({reason})", "check what it is, and its permissions"
            )
        )
        return None


def _about(path: FilePath, rule: str, what: str, mend: str) -> Fault:
    """A fault of a whole file or folder."""
    place = Place()
    return Fault(str(path), place.line, place.column, rule, what, mend)
