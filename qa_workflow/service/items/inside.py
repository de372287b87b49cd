"""What a file says in letters, to be looked through like what is typed: text, CSV, the words of Word and Excel files.

Markup is cut away and never interpreted, and no more is unpacked than is looked through (decision 0023). A PDF and a
picture have no letters that could be read without drawing them.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from itertools import islice
from typing import Any

from qa_workflow.service.items.file_kinds import as_text, is_mere_text, suffix_of
from qa_workflow.service.items.patient_data import excerpts

MOST = 4 * 2**20
"""Bytes of a file's letters that are looked through."""
SHOWN = 20
"""What was found in a file beyond this is not told one by one."""
_PARTS = re.compile(
    r"(?i)(?:word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)"
    r"|xl/(?:sharedStrings|worksheets/[^/]+|(?:comments/)?comments?\d*))\.xml"
)
_APART = re.compile(r"</(?:w:p|si|v|is|text)>|<w:(?:tab|br)\b[^<>]*>")
"""What stands between words that do not belong together; other markup may stand within a number."""
_MARKUP = re.compile(r"<[^<>]*>")
_CELLS = str.maketrans(dict.fromkeys(",;|\t", "\n"))
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, struct.error)


def readable(values: Mapping[str, Any], content: Callable[[Mapping[str, Any]], bytes | None]) -> dict[str, Any]:
    """Values of fields, with each document replaced by what in it, and in its name, looks like a patient's data.

    Args:
        content: the bytes of a document; None for one that is not looked into.
    """

    def read(value: Any) -> list[Any]:
        if isinstance(value, list):
            return [each for one in value for each in read(one)]
        if not isinstance(value, Mapping):
            return [value]
        found = content(value) if "sha256" in value else None
        name = str(value.get("name", ""))
        return [] if found is None else [*excerpts(name), *islice(excerpts(letters(name, found)), SHOWN)]

    return {name: read(value) if isinstance(value, list | Mapping) else value for name, value in values.items()}


def letters(name: str, content: bytes) -> str:
    """As much of what a file says as is looked through; nothing of a kind whose letters cannot be read."""
    if content.startswith(b"PK\x03\x04"):
        return "\n".join(_office(content))
    is_cells = suffix_of(name) == ".csv"
    if not is_cells and suffix_of(name) != ".txt" and not is_mere_text(content):
        return ""
    text = (as_text(content) or "")[:MOST]
    return text.translate(_CELLS) if is_cells else text


def _office(content: bytes) -> Iterator[str]:
    left = MOST
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            for entry in box.infolist():
                if left > 0 and _PARTS.fullmatch(entry.filename):
                    with box.open(entry) as part:
                        read = part.read(left)
                    left -= len(read)
                    text = read.decode("utf-8", "replace") if not read.startswith((b"\xff\xfe", b"\xfe\xff")) else None
                    yield unescape(_MARKUP.sub("", _APART.sub("\n", text or as_text(read) or "")))
    except _DAMAGED:
        return
