"""What was posted: texts as typed, lists, and files; kept, so that a refused form comes back as it was filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from qa_workflow.errors import UsageFault

FIELDS = 2_000
"""More fields than any form here has; a bulk decision names its items."""
LONGEST = 1_000_000
"""Bytes of one field that is no file: a definition has 256 KiB."""
FORM_KEY = "form_key"
KEPT, NEXT = "kept", "next"
"""Fields of the ways in: what was typed before, and where somebody was going."""


class BadForm(UsageFault):
    """Something was sent that no form here sends."""

    code = "bad_form"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent: its name is what the sender called it, and is never used as a path."""

    name: str
    content: bytes


class Form:
    """The fields of a posted form. A field that was not sent is empty.

    Browsers send line ends as CR LF, whatever they were; here they are LF.
    """

    def __init__(self, data: FormData, uploads: dict[str, Upload]) -> None:
        self._names = [name for name, _ in data.multi_items()]
        self._texts = [(n, v.replace("\r\n", "\n")) for n, v in data.multi_items() if isinstance(v, str)]
        self._uploads = uploads

    def text(self, name: str) -> str:
        """The last value sent under a name, without white space around it."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """As `text`, to the last blank: for passwords."""
        return dict(self._texts).get(name, "")

    def texts(self, name: str) -> list[str]:
        """Every value sent under a name, in order."""
        return [value.strip() for each, value in self._texts if each == name]

    def upload(self, name: str) -> Upload | None:
        """A file, if one was chosen."""
        return self._uploads.get(name)

    @property
    def uploads(self) -> dict[str, Upload]:
        """Every file, by field."""
        return dict(self._uploads)

    def names(self) -> list[str]:
        """The name of everything that was sent, files too."""
        return list(self._names)

    def typed(self) -> Iterator[tuple[str, str]]:
        """Everything that was typed, in order, but for the form's own key."""
        yield from ((name, value) for name, value in self._texts if name != FORM_KEY)


async def read_form(request: Request) -> Form:
    """Read what was posted.

    Raises:
        BadForm: not a form, too many fields, or text that is no text.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("", "application/x-www-form-urlencoded", "multipart/form-data"):
        raise BadForm(f"a form was expected, not {kind[:60]!r}; open the page and send its form")
    if kind != "multipart/form-data" and (await request.body()).count(b"&") > FIELDS:
        raise BadForm("what was sent has more fields than any form here; open the page and send its form")
    try:
        data = await request.form(max_files=20, max_fields=FIELDS, max_part_size=LONGEST)
    except HTTPException as fault:
        raise BadForm("what was sent cannot be read as a form; open the page and send its form again") from fault
    try:
        return Form(data, await _files(data))
    finally:
        await data.close()


async def _files(data: FormData) -> dict[str, Upload]:
    uploads: dict[str, Upload] = {}
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            if value.filename and name in uploads:
                raise BadForm("two files came for one field, so none was kept; send one after the other")
            if value.filename:
                uploads[name] = Upload(value.filename, await value.read())
        elif "\0" in value:
            raise BadForm(f"the field {name[:60]!r} holds a character that is no text (NUL); type it again")
    return uploads


async def posted(request: Request) -> Form:
    """The form of this request, read once."""
    if not hasattr(request.state, "form"):
        request.state.form = await read_form(request)
    form: Form = request.state.form
    return form
