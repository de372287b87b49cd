"""Documents come in looked at and go out on record; names never lead elsewhere, and nothing large is let in."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from urllib.parse import quote

import pytest

from qa_workflow.service.items.attachments import attach
from qa_workflow.service.telling.words import size_words
from qa_workflow.web.pages.documents import disposition
from tests.web.filling import PDF, form, send, text
from tests.web.site import Site

NEXT = "PA/2027-28-Q1/ghft"
SUBMIT = f"/advance/provider_report.submit/{NEXT}"


def macros() -> bytes:
    """A Word document with macros, under the name of one without."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as box:
        for name in ("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"):
            box.writestr(name, b"<x/>")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("report.docx", macros(), "report.docx holds macros"),
        ("report.pdf", b"<html>", "is no PDF, though its name says so"),
        ("report.exe", b"MZ", "cannot be attached"),
        ("report.txt", b"", "is empty"),
        ("report.txt", b"a" * (25 * 2**20 + 1), "at most 25 MB can be attached"),
    ],
    ids=["macros", "html", "program", "empty", "large"],
)
def test_a_file_that_is_not_accepted_is_told_in_its_place(site: Site, name: str, content: bytes, why: str) -> None:
    answer = send(site.client("ghft-contact"), SUBMIT, files={"field.report": (name, content)})
    assert answer.status_code == 422
    assert why in text(answer)
    assert '<a href="#field-report">' in answer.text
    assert site.engine.item(NEXT).fields.get("report") is None


def test_sixty_megabytes_are_refused_in_plain_words(site: Site) -> None:
    answer = send(site.client("ghft-contact"), SUBMIT, files={"field.report": ("report.txt", b"a" * (60 * 2**20))})
    assert answer.status_code == 413
    assert f'href="{answer.request.url.path}">Go back to the form' in answer.text
    assert "nothing of it was saved" in text(answer)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\report.pdf", "report.pdf"),
        ("fdp.\u202etxt.pdf", "fdp.txt.pdf"),
        ("r" * 300 + ".pdf", "r" * 146 + ".pdf"),
        ('a"; filename="b.html.pdf', 'a"; filename="b.html.pdf'),
    ],
    ids=["path", "windows", "bidi", "long", "quotes"],
)
def test_a_hostile_name_is_harmless_in_the_page_and_on_the_way_out(site: Site, name: str, shown: str) -> None:
    client = site.client("ghft-contact")
    document = attach(site.house, name, PDF)
    assert document["name"] == shown
    site.engine.advance(NEXT, "submit", actor="ghft-contact", fields={"report": document})
    page = client.get(f"/items/{NEXT}")
    assert "\u202e" not in page.text
    assert f"({size_words(len(PDF))})" in page.text
    given = client.get(f"/documents/{document['sha256']}/{NEXT}")
    assert given.content == PDF
    head = given.headers["content-disposition"]
    assert head.startswith("attachment; filename=")
    assert head.endswith(f"filename*=UTF-8''{quote(shown, safe='')}")
    assert head.count('"') == 2


def test_a_document_goes_out_as_itself_and_runs_nothing(site: Site) -> None:
    document = attach(site.house, "report.pdf", PDF)
    site.engine.advance(NEXT, "submit", actor="ghft-contact", fields={"report": document})
    given = site.client("quality-lead").get(f"/documents/{document['sha256']}/{NEXT}")
    assert given.headers["content-type"] == "application/pdf"
    assert given.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in given.headers["content-security-policy"]
    assert given.headers["cache-control"] == "no-store"


def test_a_document_of_a_foreign_item_is_not_there(site: Site) -> None:
    """By its own item, by one's own item, and by a guess."""
    document = attach(site.house, "report.pdf", PDF)
    site.engine.advance(NEXT, "submit", actor="ghft-contact", fields={"report": document})
    foreign = site.client("ghc-contact")
    for sha256, reference in (
        (document["sha256"], NEXT),
        (document["sha256"], "PA/2027-28-Q1/ghc"),
        ("0" * 64, "PA/2027-28-Q1/ghc"),
        ("../../etc/passwd", "PA/2027-28-Q1/ghc"),
    ):
        assert foreign.get(f"/documents/{sha256}/{reference}").status_code == 404


def test_a_document_cannot_be_attached_by_knowing_its_hash(site: Site) -> None:
    """A ticket of another person, and one made up, count as no file."""
    from qa_workflow.service.items.attachments import ticket

    document = attach(site.house, "secret.pdf", PDF)
    for forged in (ticket(site.house, "ghc-contact", document), f"eyJ9.{document['sha256']}"):
        answer = send(site.client("ghft-contact"), SUBMIT, {"field.report.ticket": forged})
        assert answer.status_code == 422
        assert "Choose a file: provider's report" in text(answer)


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 kB"), (999_950, "1.0 MB"), (25_000_000, "25.0 MB")],
)
def test_a_size_is_said_as_in_the_record(size: int, said: str) -> None:
    """The page said “68 Bytes” of what has 68 bytes in the record."""
    assert size_words(size) == said


def test_names_in_old_browsers_are_plain() -> None:
    assert disposition("Bericht Größe.pdf") == (
        "attachment; filename=\"Bericht Groe.pdf\"; filename*=UTF-8''Bericht%20Gr%C3%B6%C3%9Fe.pdf"
    )


def test_two_files_for_one_document_are_refused_and_none_wins(site: Site) -> None:
    """Which of them was meant is for the sender to say."""
    two = [("file", ("a.txt", b"One", "text/plain")), ("file", ("b.txt", b"Two", "text/plain"))]
    answer = site.client("quality-lead").post("/api/v1/documents", files=two)
    assert answer.status_code == 400
    assert "two files came in one request, so none was kept" in answer.text.lower()
    client, path = site.client("quality-lead"), "/advance/cqrg_review.accept/PA/2026-27-Q4/ghft"
    minutes = [("field.minutes", (name, PDF, "application/pdf")) for name in ("a.pdf", "b.pdf")]
    refused = client.post(path, data=site.key(client), files=minutes)
    assert refused.status_code == 400
    assert "two files came for one field" in text(refused).lower()


def test_a_file_that_a_form_carried_for_too_long_is_asked_for_again(site: Site) -> None:
    """The form was open for days; what it carries is gone, and everything else of it is there still."""
    contact = site.client("ghft-contact")
    back = send(contact, SUBMIT, files={"field.report": ("report.txt", b"Mrs A, 943 476 5919")})
    assert len(form(back).fields["field.report.ticket"]) == 1
    site.push(timedelta(days=2))
    answer = send(contact, SUBMIT, page=back)
    assert answer.status_code == 422
    assert "is not kept here any more" in text(answer)
    assert "field.report.ticket" not in form(answer).fields
    assert send(contact, SUBMIT, page=answer, files={"field.report": ("report.pdf", PDF)}).status_code == 303
