"""API: documents are uploaded, attached and read again by who may."""

from __future__ import annotations

import pytest

from tests.web.programs import API, Program
from tests.web.site import Site


def test_a_document_is_uploaded_attached_and_read_again(site: Site) -> None:
    contact = Program(site, "ghft-contact")
    item = contact.item("PA/2027-28-Q1/ghft")
    answer = contact.client.post(
        f"{API}/documents", files={"file": ("../../report\u202e.txt", b"All is well", "text/plain")}
    )
    kept = contact.read(answer, 201)
    assert (kept["name"], kept["size"]) == ("report.txt", 11)
    moved = contact.act(item, "advance", {"trigger": "submit", "fields": {"report": kept}})
    assert moved["fields"]["report"] == {name: kept[name] for name in ("sha256", "name", "size")}
    path = f"{API}/items/{item['id']}/documents/{kept['sha256']}"
    given = Program(site, "quality-lead").client.get(path)
    assert given.content == b"All is well"
    assert given.headers["content-disposition"] == "attachment; filename*=UTF-8''report.txt"
    assert given.headers["x-content-type-options"] == "nosniff"
    assert Program(site, "ghc-contact").client.get(path).status_code == 404


def test_knowing_a_documents_sum_is_not_enough_to_attach_it(site: Site) -> None:
    """Otherwise who knows, or guesses, the SHA-256 of a foreign document could read it through an item of their own."""
    lead, contact = Program(site, "quality-lead"), Program(site, "ghft-contact")
    kept = lead.read(lead.client.post(f"{API}/documents", files={"file": ("a.txt", b"Not for you", "text/plain")}), 201)
    item = contact.item("PA/2027-28-Q1/ghft")
    for told in (kept, {**kept, "ticket": None}, {name: kept[name] for name in ("sha256", "name", "size")}):
        refused = contact.act(item, "advance", {"trigger": "submit", "fields": {"report": told}}, 400)
        assert refused["code"] == "bad_value"


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.txt", b""), ("page.html", b"<script>"), ("report.pdf", b"MZ no pdf"), ("noname", b"text")],
)
def test_a_document_that_may_not_be_kept_is_refused(site: Site, name: str, content: bytes) -> None:
    lead = Program(site, "quality-lead")
    answer = lead.client.post(f"{API}/documents", files={"file": (name, content, "text/plain")})
    assert answer.status_code in (400, 422)
    lead.read(answer, answer.status_code)


def test_sixty_megabytes_are_refused_in_words(site: Site) -> None:
    lead = Program(site, "quality-lead")
    answer = lead.client.post(f"{API}/documents", files={"file": ("big.txt", b"x" * (60 * 2**20), "text/plain")})
    assert lead.read(answer, 413)["code"] == "too_large"
