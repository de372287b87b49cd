"""Calendar feeds as pages: an address that is shown once, read without signing in, and taken back."""

from __future__ import annotations

import re

import icalendar

from tests.web.site import Site

OFFICER, CONTACT = "governance-officer", "ghc-contact"


def made(site: Site, person: str, about: str = "mine") -> str:
    client = site.client(person)
    answer = client.post("/feeds", data={**site.key(client), "do": "give", "about": about})
    found = re.search(r'value="http://testserver(/feeds/[^"]+\.ics)"', answer.text)
    assert found is not None, answer.text
    assert found[1] not in client.get("/feeds").text
    return found[1]


def test_a_feed_is_read_by_its_address_alone(site: Site) -> None:
    answer = site.client(None).get(made(site, OFFICER, "body:governing_body"))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    summaries = [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")]
    assert "ICB Board meets at 14:00" in summaries


def test_a_contacts_feed_has_their_own_items(site: Site) -> None:
    content = site.client(None).get(made(site, CONTACT)).text
    assert "ghc" in content
    assert "ghft" not in content


def test_a_feed_that_is_taken_back_is_gone(site: Site) -> None:
    address = made(site, OFFICER)
    client = site.client(OFFICER)
    feed = re.search(r'name="feed" value="([0-9a-f]{64})"', client.get("/feeds").text)
    assert feed is not None
    answer = client.post("/feeds", data={**site.key(client), "do": "take_back", "feed": feed[1]})
    assert answer.status_code == 303
    assert site.client(None).get(address).status_code == 404


def test_an_address_that_was_never_given_says_no_more_than_one_taken_back(site: Site) -> None:
    for address in ("/feeds/nonsense.ics", "/feeds/nonsense", "/feeds/.ics"):
        answer = site.client(None).get(address)
        assert (answer.status_code, answer.text[:25]) == (404, "There is no feed at this "), address


def test_somebody_chooses_whether_to_get_the_digest(site: Site) -> None:
    client = site.client(OFFICER)
    assert "It is sent to you." in client.get("/digest").text
    client.post("/digest", data={**site.key(client), "wanted": "no"})
    assert "It is not sent to you." in client.get("/digest").text
    assert "It is sent to you." in site.client("quality-lead").get("/digest").text
