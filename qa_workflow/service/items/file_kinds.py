"""What a file really is, found by looking into it: its name is only a claim, and a container may hold anything."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from qa_workflow.errors import UsageFault

MOST_UNPACKED = 200 * 2**20
MOST_RATIO = 100
MOST_ENTRIES = 10_000
_SMALL = 2**20
"""Below this, how well a container is packed does not matter."""
_BLOCK = 2**20
_DEEPEST = 3
_MACROS = ("vbaproject.bin", "vbadata.xml", "macrosheets/", "activex/")
_PROGRAMS = (".docm", ".dotm", ".xlsm", ".xltm", ".xlsb", ".pptm", ".exe", ".dll", ".js", ".vbs", ".bat", ".ps1")
_MOST_STREAMS = 20_000
_HEADER = 2_000
"""How far behind its kind a packed part of a PDF may begin."""
_SLICE, _OVERLAP = 4096, 64
"""Bytes of it that are unpacked at a time (to four megabytes at most), and that two pieces share."""
_BEGINNING = 1024
"""Where programs look for what a file is."""
_READ_AS_ELSE = re.compile(
    r"(?is)\s*(?:#!|<[!?]|<(?:html|head|title|body|meta|style|script|iframe|svg)\b|\{\\rtf|%!|@echo\b|MIME-Version:|.*%PDF-)"
)
"""How a web page, a script, a drawing, or another document that is written in letters begins."""
_PROGRAM = (b"MZ", b"\x7fELF", b"PK")
"""How programs, and containers of anything, begin, whatever follows."""
_TEXT_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


class NotAccepted(UsageFault):
    """A file that cannot be attached; says why, and what to do."""

    code = "not_accepted"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that may be attached."""

    suffixes: tuple[str, ...]
    title: str
    media_type: str
    looks_right: Callable[[bytes], str | None]
    """None, or what is wrong with the content, as the rest of a sentence that begins with the file's name."""


def kind_of(name: str, content: bytes) -> FileKind:
    """The kind of a file by its content. Its name has to say the same; plain text may go by any name that is allowed.

    Raises:
        NotAccepted: a kind that is not allowed, a name that says otherwise than the content, or content with a program.
    """
    kind = KINDS.get(suffix_of(name))
    if kind is None:
        raise NotAccepted(f"{name} cannot be attached: {_LISTED} can be. Save it as one of these, for instance as PDF")
    fault = kind.looks_right(content)
    if fault is not None and is_mere_text(content):
        return TEXT
    if fault is not None:
        raise NotAccepted(f"{name} {fault}")
    return kind


def suffix_of(name: str) -> str:
    """What a name ends with, in small letters: `.pdf`; nothing where it has no dot."""
    return "." + name.rpartition(".")[2].lower() if "." in name else ""


def is_mere_text(content: bytes) -> bool:
    """Whether there is nothing but text in it, which no program that opens it takes for anything else."""
    text = None if content.startswith(_PROGRAM) else _decoded(content, "utf-8-sig")
    return text is not None and not _TEXT_CONTROLS.search(text) and not _READ_AS_ELSE.match(text[:_BEGINNING])


def _pdf(content: bytes) -> str | None:
    if b"%PDF-" not in content[:1024]:
        return "is no PDF, though its name says so; open it and save it again as PDF"
    if b"/Encrypt" in content:
        return "is protected, so that it cannot be looked into; save it without protection and attach that"
    try:
        if any(_ACTIVE.search(text) for text in (content, *_object_streams(content))):
            return "holds a program, or a form that runs one; print it to PDF again and attach that"
    except _TooMuch:
        return "is packed in an odd way, or unpacks to more than 200 MB; save it again, or divide it"
    return None


class _TooMuch(Exception):
    """A file that would take too long to look into."""


def _name(word: str) -> str:
    """A name in a PDF, of which each letter may be written as its number."""
    return "".join(f"(?:{letter}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in word)


_ACTIVE = re.compile("|".join(f"/{_name(word)}" for word in ("JavaScript", "Launch", "RichMedia")).encode())
"""What makes a PDF act. The names are long enough not to come about by chance in packed pictures."""


def _object_streams(content: bytes) -> Iterator[bytes]:
    """Parts of a PDF that are packed, where names could hide; each byte of it is sought through once."""
    left, place, end = MOST_UNPACKED, -1, 0
    for _ in range(_MOST_STREAMS):
        place = content.find(b"/ObjStm", place + 1)
        if place < 0:
            return
        begin = content.find(b"stream", place, place + _HEADER)
        if begin < 0:
            continue
        if end < begin + 6:
            end = content.find(b"endstream", begin + 6)
        if end < 0:
            return
        for text in _unpacked(memoryview(content)[begin + 6 : end]):
            left -= len(text)
            if left <= 0:
                raise _TooMuch
            yield text
    raise _TooMuch


def _unpacked(packed: memoryview) -> Iterator[bytes]:
    """What a packed part holds, in pieces that overlap, so that no name is cut in two.

    Readers show what comes before a fault, and pass over a wrong checksum; so it is looked through, too.
    """
    begin = next((at for at, byte in enumerate(packed[:4]) if byte not in b"\r\n"), 0)
    head = bytes(packed[begin : begin + 2])
    if len(head) < 2 or head[0] & 15 != 8 or int.from_bytes(head) % 31:
        return  # packed in another way, which readers rarely know
    unpacking, last, is_sound = zlib.decompressobj(-zlib.MAX_WBITS), b"", True
    for at in range(begin + 2, len(packed), _SLICE):
        given, before = packed[at : at + _SLICE], unpacking.copy()
        try:
            piece = unpacking.decompress(given)
        except zlib.error:
            piece, is_sound = _before_the_fault(before, bytes(given)), False
        yield last + piece
        last = (last + piece)[-_OVERLAP:]
        if unpacking.eof or not is_sound:
            return


def _before_the_fault(unpacking: Any, given: bytes) -> bytes:
    """What comes of bytes that cannot all be unpacked: as many of them as can be, found by halving."""
    found, at, many = b"", 0, len(given) // 2
    while many:
        trying = unpacking.copy()
        with suppress(zlib.error):
            found += trying.decompress(given[at : at + many])
            unpacking, at = trying, at + many
        many //= 2
    return found


def _office(content: bytes, main: str, title: str, depth: int = 1) -> str | None:
    if not content.startswith(b"PK\x03\x04"):
        return f"is no {title}, though its name says so; open it and save it again"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            return _entries(box, len(content)) or _parts(box, main, title, depth)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, struct.error):
        return "is damaged; open it, save it again, and attach that"


def _entries(box: zipfile.ZipFile, size: int) -> str | None:
    """What is wrong with the list of what a container holds, before anything is unpacked."""
    entries = box.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or len(set(names)) < len(names):
        return "is packed in an odd way (too many parts, or parts of one name); save it again in Word or Excel"
    if any(_leads_out(name) for name in names):
        return "holds parts whose names lead out of it; save it again in Word or Excel"
    if any(entry.flag_bits & 1 for entry in entries):
        return "is protected with a password; save it without, and attach that"
    total = sum(entry.file_size for entry in entries)
    if total > MOST_UNPACKED:
        return f"unpacks to {total // 2**20:,} MB, and at most 200 MB can be; divide it"
    if total > _SMALL and total > MOST_RATIO * size:
        return "unpacks to more than 100 times its size, as no real document does; save it again"
    return None


def _parts(box: zipfile.ZipFile, main: str, title: str, depth: int) -> str | None:
    names = [name.lower() for name in box.namelist()]
    if "[content_types].xml" not in names or main not in names:
        return f"is no {title}, though its name says so; open it and save it again"
    if any(mark in name for name in names for mark in _MACROS) or _says_macros(box):
        return "holds macros; save it without them (as .docx or .xlsx), or as PDF, and attach that"
    if any(name.endswith(_PROGRAMS) for name in names):
        return "holds a program or a file with macros inside it; take that out and save it again"
    for entry in box.infolist():
        is_container = entry.filename.lower().endswith((".docx", ".xlsx", ".pptx", ".zip"))
        with box.open(entry) as part:
            if is_container:
                fault = _inner(part.read(), depth)
                if fault is not None:
                    return fault
            else:
                while part.read(_BLOCK):
                    pass  # the sizes that a container claims are compared with what really comes out
    return None


def _inner(content: bytes, depth: int) -> str | None:
    """A container within a container: a chart's figures are one."""
    if depth >= _DEEPEST:
        return "holds files within files within files; take them out and save it again"
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        fault = _entries(box, len(content))
        names = [name.lower() for name in box.namelist()]
        if fault is None and any(mark in name for name in names for mark in _MACROS):
            return "holds a file with macros inside it; take that out and save it again"
        return fault


def _says_macros(box: zipfile.ZipFile) -> bool:
    name = next(n for n in box.namelist() if n.lower() == "[content_types].xml")
    with box.open(name) as part:
        return b"macroenabled" in part.read(4 * _BLOCK).lower()


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or "\0" in name or ":" in name or ".." in re.split(r"[/\\]", name)


def _png(content: bytes) -> str | None:
    wrong = "is no PNG picture, though its name says so; open it and save it again"
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        return wrong
    place = 8
    while place + 12 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind = content[place + 4 : place + 8]
        place += 12 + length
        if kind == b"IEND":
            return None if place == len(content) else "has something else behind the picture; save it again"
    return wrong


def _jpeg(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-4096:]:
        return None
    return "is no JPEG picture, though its name says so; open it and save it again"


def _plain(content: bytes) -> str | None:
    text = as_text(content)
    if text is not None and _READ_AS_ELSE.match(text[:_BEGINNING]):
        return "reads as a web page, a script or another kind of document; save what it says as plain text"
    if text is None or _TEXT_CONTROLS.search(text):
        return "is no plain text, though its name says so; save it as text (UTF-8) or as CSV"
    return None


def as_text(content: bytes) -> str | None:
    """Plain text in the encodings that spreadsheets and editors write; None for anything else."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(content, "utf-16")
    if b"\0" in content:
        return None
    return _decoded(content, "utf-8-sig") or _decoded(content, "cp1252")


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALL = (
    FileKind((".pdf",), "PDF", "application/pdf", _pdf),
    FileKind((".docx",), "Word document", _WORD, lambda c: _office(c, "word/document.xml", "Word document")),
    FileKind((".xlsx",), "Excel workbook", _EXCEL, lambda c: _office(c, "xl/workbook.xml", "Excel workbook")),
    FileKind((".csv",), "CSV file", "text/csv", _plain),
    FileKind((".png",), "PNG picture", "image/png", _png),
    FileKind((".jpg", ".jpeg"), "JPEG picture", "image/jpeg", _jpeg),
    FileKind((".txt",), "text file", "text/plain; charset=utf-8", _plain),
)
KINDS: Mapping[str, FileKind] = {suffix: kind for kind in ALL for suffix in kind.suffixes}
SUFFIXES = tuple(KINDS)
TEXT = KINDS[".txt"]
_LISTED = "PDF, Word (.docx), Excel (.xlsx), CSV, PNG, JPEG and text files"
