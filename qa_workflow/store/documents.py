"""Documents as files, each named by the SHA-256 of its bytes: kept once, never changed, whole or not there at all.

Only what nothing refers to is removed, and what was taken out with authority."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from qa_workflow.errors import IntegrityFault, UsageFault
from qa_workflow.store.explain import explained_file

LARGEST = 50 * 1024 * 1024
_DIGITS = frozenset("0123456789abcdef")
_PART, _REMOVED = ".part", ".removed"
_BEGINS = 16
"""So much of a document's name stands in that of what is being written."""


class DocumentGone(IntegrityFault):
    """A document that the evidence refers to is not in the folder."""

    def __init__(self, name: str, folder: str) -> None:
        self.sha256, self.folder = name, folder
        super().__init__(f"document {name[:12]}… is not in {folder}; restore it from a backup")


class DocumentRemoved(IntegrityFault):
    """A document was taken out of the folder with authority, and does not come back; this database says otherwise."""

    def __init__(self, name: str) -> None:
        self.sha256 = name
        super().__init__(
            f"document {name[:12]}… was removed here for good, and this database, which is from before, does not "
            "know it: let its removal be asked for again"
        )


class DocumentChanged(IntegrityFault):
    """A document's bytes are not those that were kept."""

    def __init__(self, name: str, path: str) -> None:
        self.sha256, self.path = name, path
        super().__init__(f"document {name[:12]}… was changed: {path} has another SHA-256; restore it from a backup")


class FileDocuments:
    """The port `Documents` on a folder, as `ab/cdef…`, so that no folder grows too large. It is made when needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keep the bytes on disk for good, and give their SHA-256 in hex.

        Raises:
            UsageFault: more than 50 MB.
            DocumentRemoved: they were removed here for good.
            StorageFault: the disk is full, or the folder cannot be written to.
        """
        if len(content) > LARGEST:
            size = f"{len(content) / 1024 / 1024:.1f} MB"
            raise UsageFault(f"the document has {size}; at most 50 MB can be kept: make it smaller, or divide it")
        name = hashlib.sha256(content).hexdigest()
        path = self.path(name)
        if self.is_removed(name):
            raise DocumentRemoved(name)
        with explained_file(path):
            if not (path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == name):
                self._make_room(path)
                _write(path, content)
        return name

    def get(self, sha256: str) -> bytes:
        """The bytes, proved to be those; raises `IntegrityFault` when they are not there or not those."""
        path = self.path(sha256)
        with explained_file(path):
            try:
                content = path.read_bytes()
            except FileNotFoundError as fault:
                if self.is_removed(sha256):
                    raise DocumentRemoved(sha256) from fault
                raise DocumentGone(sha256, str(self.folder)) from fault
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DocumentChanged(sha256, str(path))
        return content

    def remove(self, sha256: str, *, for_good: bool = False) -> None:
        """Have the bytes gone, with what a process left that died while it wrote them.

        `for_good` leaves a mark in their place, by which `put` knows them.
        """
        path = self.path(sha256)
        with explained_file(path):
            if for_good and not self.is_removed(sha256):
                self._make_room(path)
                self._mark(sha256).touch()
            there = [each for each in (path, *path.parent.glob(f"{path.name[:_BEGINS]}.*{_PART}")) if each.exists()]
            for each in there:
                each.unlink(missing_ok=True)
            if there:
                sync_folder(path.parent)

    def is_removed(self, sha256: str) -> bool:
        """Whether these bytes were removed here for good."""
        return self._mark(sha256).exists()

    def removed(self) -> frozenset[str]:
        """All that was removed here for good: documents, and texts of the database, which lie nowhere here."""
        marks = self.folder.glob(f"[0-9a-f][0-9a-f]/*{_REMOVED}")
        return frozenset(path.parent.name + path.name.removesuffix(_REMOVED) for path in marks)

    def _make_room(self, path: Path) -> None:
        """The folder is for its owner alone, whatever the system's default; so is all within."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(exist_ok=True)

    def _mark(self, sha256: str) -> Path:
        path = self.path(sha256)
        return path.with_name(f"{path.name}{_REMOVED}")

    def path(self, name: str) -> Path:
        """Where a document is; never outside the folder, whatever the name.

        Raises:
            UsageFault: not a SHA-256 in hex.
        """
        if len(name) != 64 or not _DIGITS.issuperset(name):
            raise UsageFault(f"{name[:80]!r} is not the SHA-256 of a document (64 hexadecimal digits)")
        return self.folder / name[:2] / name[2:]

    def names(self) -> Iterator[str]:
        """Every document in the folder."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            name = path.parent.name + path.name
            if len(name) == 64 and _DIGITS.issuperset(name):
                yield name


def _write(path: Path, content: bytes) -> None:
    """To a temporary name, onto the disk, then renamed: a reader sees all of it or nothing, also after a power cut."""
    part = path.with_name(f"{path.name[:_BEGINS]}.{secrets.token_hex(4)}{_PART}")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)
    sync_folder(path.parent.parent)


def sync_folder(folder: Path) -> None:
    """Have a folder's list of names on the disk; Windows does that by itself and knows no way to ask."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
