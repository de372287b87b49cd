"""The page of keys for programs: shown once, named, taken back."""

from __future__ import annotations

import re

import pytest

from tests.web.programs import API
from tests.web.site import Site

PATH = "/account/tokens"


def make(site: Site, person: str, **fields: object) -> str:
    """The page after a key was asked for."""
    client = site.client(person)
    sent = {"label": "Monthly figures", "scopes": ["read"], "days": "30", **fields, **site.key(client)}
    answer = client.post(PATH, data=sent)
    assert answer.status_code in (200, 422)
    return answer.text


def key_of(page: str) -> str:
    """The key on a page, as a browser copies it."""
    found = re.search(r"<code>((?:[A-Za-z0-9_-]+<wbr>)+)</code>", page)
    assert found
    return found[1].replace("<wbr>", "")


def test_a_key_is_shown_once_and_opens_what_was_chosen(site: Site) -> None:
    key = key_of(make(site, "quality-lead"))
    headers = {"Authorization": f"Bearer {key}"}
    assert site.client().get(f"{API}/me", headers=headers).json()["scopes"] == ["read"]
    later = site.client("quality-lead").get(PATH).text
    assert key not in later
    assert "Monthly figures" in later


def test_a_key_is_taken_back_by_its_own_person_alone(site: Site) -> None:
    key = key_of(make(site, "quality-lead"))
    headers = {"Authorization": f"Bearer {key}"}
    lead, other = site.client("quality-lead"), site.client("lay-member")
    action = re.search(r'action="(/account/tokens/[0-9a-f]{64}/take-back)"', lead.get(PATH).text)
    assert action
    other.post(action[1], data=site.key(other))
    assert site.client().get(f"{API}/me", headers=headers).status_code == 200
    assert lead.post(action[1], data=site.key(lead)).status_code == 303
    assert site.client().get(f"{API}/me", headers=headers).status_code == 401
    assert "You have no keys" in lead.get(PATH).text


def test_the_button_that_takes_a_key_back_names_the_key_and_shows_no_markup(site: Site) -> None:
    """A label is anybody's text, so it is escaped; what is around it is ours, so it is not."""
    page = make(site, "quality-lead", label="Figures <b>now</b>")
    hidden = '<span class="nhsuk-u-visually-hidden"> the key for Figures &lt;b&gt;now&lt;/b&gt;</span>'
    assert f"Take back{hidden}" in page
    assert "&lt;span" not in page


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"label": " "}, "label"),
        ({"label": "\u202e"}, "label"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"days": "0"}, "days"),
        ({"days": "²"}, "days"),
        ({"days": "99999999999999999999"}, "days"),
    ],
)
def test_a_refused_form_comes_back_filled(site: Site, fields: dict[str, object], field: str) -> None:
    page = make(site, "quality-lead", **fields)
    assert "No key was made" in page
    assert f'href="#{field}"' in page
    assert 'value="read" checked' in page or "scopes" in fields
    assert ("Monthly figures" in page) is ("label" not in fields)


def test_a_label_is_text_and_no_markup(site: Site) -> None:
    page = make(site, "quality-lead", label='<b onclick="x">bold</b>')
    assert "<b onclick" not in page
    assert "<b onclick" not in site.client("quality-lead").get(PATH).text
