"""A built file's address names its content, so that nobody is left with yesterday's."""

from __future__ import annotations

import re

from tests.web.site import Site


def test_files_are_kept_under_an_address_that_names_their_content(site: Site) -> None:
    client = site.client(None)
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/accessibility").text)
    assert len(found) >= 5
    for address in found:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000"), address


def test_without_it_they_are_asked_for_again_soon(site: Site) -> None:
    assert site.client(None).get("/static/site.css").headers["cache-control"] == "public, max-age=3600"
