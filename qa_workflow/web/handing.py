"""The record of an item on its way out: written to disk first, for no memory is to hold all its documents at once."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

from starlette.responses import Response, StreamingResponse

from qa_workflow.service.lists.record import record, write_down
from qa_workflow.service.lists.record_file import MEDIA_TYPE, file_name, write
from qa_workflow.web.asking import Ask

_BLOCK = 2**18


def handed_out(ask: Ask, item: str, *, documents: bool) -> Response:
    """The record as a file, with its documents or without; that it left the house is on record before it leaves."""
    taken = record(ask.house, ask.parts.prove_item, ask.name, item)
    write_down(ask.house, taken, ask.name, documents=documents)
    kept = TemporaryFile()  # noqa: SIM115  closed when it has been read
    try:
        write(taken, kept, ask.parts.documents if documents else None)
    except BaseException:
        kept.close()
        raise
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(taken)}"',
        "Content-Length": str(kept.tell()),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return StreamingResponse(_read(kept), media_type=MEDIA_TYPE, headers=headers)


def _read(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        kept.seek(0)
        while block := kept.read(_BLOCK):
            yield block
