"""Lists with their filters that one keeps under a name."""

from __future__ import annotations

import pytest

from tests.web.site import Site

OFFICER = "governance-officer"


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("overdue", "subject=ghft"),
        ("items", "workflow=provider_assurance&overdue=yes"),
        ("calendar", "body=governing_body&view=table"),
    ],
)
def test_a_list_is_kept_renamed_and_forgotten(site: Site, page: str, query: str) -> None:
    """It has its filters and not the place where a page of it began; it is for whoever kept it, and nobody else."""
    client = site.client(OFFICER)
    offered = client.get(f"/{page}?{query}").text
    assert f'action="/lists/{page}/keep"' in offered
    assert f'action="/lists/{page}/keep"' not in client.get(f"/{page}").text
    kept = client.post(
        f"/lists/{page}/keep", data={**site.key(client), "name": "My own", "query": f"{query}&after=1.2.3"}
    )
    assert kept.headers["location"] == f"/{page}?{query}"
    assert '<strong aria-current="true">My own</strong>' in client.get(f"/{page}?{query}").text
    assert ">My own</a>" in client.get(f"/{page}").text
    assert "My own" not in site.client("quality-lead").get(f"/{page}").text
    form = {**site.key(client), "view": "My own", "name": "The hospitals"}
    assert client.post(f"/lists/{page}", data={**form, "do": "rename"}).status_code == 303
    assert "The hospitals" in client.get(f"/lists/{page}").text
    client.post(f"/lists/{page}", data={**form, "view": "The hospitals", "do": "forget"})
    assert "You have no saved lists" in client.get(f"/lists/{page}").text
