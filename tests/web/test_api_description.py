"""API: its description says all of it, reads well, and a program can be made of it."""

from __future__ import annotations

from qa_workflow.web.api import description
from qa_workflow.web.api.codes import codes
from qa_workflow.web.api.models.glossary import MEANINGS, lines
from qa_workflow.web.api.models.glossary.boards import BOARDS
from qa_workflow.web.api.models.glossary.house import HOUSE
from qa_workflow.web.api.models.glossary.items import ITEMS
from tests.web.programs import Program
from tests.web.site import Site


def test_every_operation_says_who_may_and_how_it_is_refused() -> None:
    told = description()
    names = []
    for path, ways in told["paths"].items():
        for method, operation in ways.items():
            names.append(operation["operationId"])
            assert operation["description"], path
            if path.endswith("openapi.json"):
                continue
            assert "Needs the scope" in operation["description"], path
            assert {"400", "401", "403", "500", "503"} <= operation["responses"].keys(), (method, path)
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (method, path, status)
    assert len(names) == len(set(names))


def test_every_operation_reads_well() -> None:
    """A name, a tag that is told about, and for whatever is sent or asked for a description or an example to follow."""
    told = description()
    tags = {tag["name"]: tag["description"] for tag in told["tags"]}
    assert all(tags.values())
    for path, ways in told["paths"].items():
        for operation in ways.values():
            assert operation["summary"] == operation["operationId"].replace("_", " ").capitalize(), path
            assert set(operation["tags"]) <= tags.keys(), path
            for parameter in operation.get("parameters", ()):
                name, schema = parameter["name"], parameter["schema"]
                assert parameter.get("description") or schema.get("description"), (path, name)
                if parameter["in"] == "path":
                    assert "example" in parameter or schema.keys() & {"examples", "enum"}, (path, name)
    unsaid = [name for name, shape in told["components"]["schemas"].items() if not shape.get("description")]
    assert unsaid == []


def test_every_name_says_what_it_means() -> None:
    """Once for all shapes that have it; no entry is about a name that there is not, and none stands twice."""
    shapes = description()["components"]["schemas"]
    there = {(shape, name): each for shape, told in shapes.items() for name, each in told.get("properties", {}).items()}
    assert [f"{shape}.{name}" for (shape, name), each in there.items() if not each.get("description")] == []
    known = {name for _, name in there} | {f"{shape}.{name}" for shape, name in there}
    assert MEANINGS.keys() - known == set()
    assert len(MEANINGS) == len(ITEMS) + len(BOARDS) + len(HOUSE)
    said_twice = [
        f"{line[0]}.{name}"
        for line in lines().values()
        for above in line[1:]
        for _, name in there
        if (own := MEANINGS.get(f"{line[0]}.{name}")) and own == MEANINGS.get(f"{above}.{name}")
    ]
    assert said_twice == [], "a shape has what it is made of already says"


def test_a_program_can_be_made_of_the_description() -> None:
    """Generators make a function of an operation, with its parameters and `body` as arguments, and of an answer a type.

    A file is `format: binary` to them: what says only its media type they send as text.
    """
    for path, ways in description()["paths"].items():
        for method, operation in ways.items():
            names = [parameter["name"].lower().replace("-", "_") for parameter in operation.get("parameters", ())]
            names += ["body"] if "requestBody" in operation else []
            assert len(names) == len(set(names)), (path, method, names)
            for answer in operation["responses"].values():
                assert all(each.get("schema") for each in answer.get("content", {}).values()), (path, method)
    upload = description()["components"]["schemas"]["Upload"]["properties"]["file"]
    assert (upload["type"], upload["format"]) == ("string", "binary")


def test_codes_stay() -> None:
    """Programs go by them: one that is here is never renamed, and each says what it means."""
    told = codes()
    promised = """
        already_open bad_body bad_cursor bad_header bad_key bad_person bad_query bad_request bad_revision
        bad_value definition doubtful_date draft_state export_too_long fault form_too_old four_eyes invalid item_is_held
        item_is_over key_reused key_wanted looks_like_patient method_not_allowed no_cover
        no_such_step nonsense not_a_form not_accepted not_allowed not_found not_json not_now not_published not_yours
        nothing_waits other_site person_changed reason_needed revision_missing scope_wanted second_person
        settled_already stale still_holds storage too_few_publishers too_large too_many_exports too_many_feeds
        too_many_views unknown unknown_field usage which_one
    """
    assert set(promised.split()) - told.keys() == set()
    assert [code for code, means in told.items() if not means] == []
    assert all(f"`{code}`" in description()["info"]["description"] for code in told)


def test_the_description_is_given_to_everybody(site: Site) -> None:
    assert Program(site, None).get("/openapi.json") == description()
