"""From names to paths, from short forms to long ones, from phrases to values."""

from __future__ import annotations

import pytest

from qa_workflow.definition.model import DONE, HERE, Case, Effect, EffectRule, FieldType, Opens, Rest, SubItems, Who
from qa_workflow.definition.names import Names
from qa_workflow.definition.shape.schema import workflow_schema
from tests.unit.definition.setting import Asked, messages, reading, workflow

NESTED = """\
stages:
  review:
    parallel:
      join: first 2
      rest: kept
      order: one at a time
      branches:
        facts:
          stages:
            look: {owner: author, transitions: {go: {to: judge}, give_up: {}}}
            judge: {owner: reviewer, transitions: {back: {to: look}, go: {to: done}}}
        style: {owner: reviewer, when: has(note), transitions: {check: {}, note: {to: here}}}
        money:
          stages:
            inner:
              parallel:
                branches:
                  one: {owner: author, transitions: {check: {}}}
                  two: {owner: author, transitions: {check: {}}}
              transitions: {joined: {}}
    transitions:
      joined: {to: closed}
      shorten: {to: here, by: author, cancels: [style, inner.two], only_while: facts}
  closed: {end: completed}
fields: {note: text}
"""


def test_a_branch_of_several_stages_has_a_flow_of_its_own() -> None:
    """And branches may hold branches."""
    built = workflow(NESTED)
    assert list(built.flows) == [
        "", "review.facts", "review.style", "review.money", "review.money.inner.one", "review.money.inner.two",
    ]  # fmt: skip
    assert built.flows["review.facts"].start == "review.facts.look"
    assert built.stages["review.facts.judge"].flow == "review.facts"
    assert built.stages["review.money.inner.one"].flow == "review.money.inner.one"


def test_steps_stay_within_their_flow() -> None:
    """`to: look` in a branch is that branch's stage; nothing, or `done`, ends it."""
    steps = workflow(NESTED).triggers()
    assert steps["review.facts.look.go"].cases == (Case("review.facts.judge"),)
    assert steps["review.facts.judge.back"].cases == (Case("review.facts.look"),)
    assert steps["review.facts.judge.go"].cases == (Case(DONE),)
    assert steps["review.facts.look.give_up"].cases == (Case(DONE),)
    assert steps["review.style.note"].cases == (Case(HERE),)
    assert steps["review.money.inner.joined"].cases == (Case(DONE),)


def test_branches_and_stages_are_named_by_their_ends() -> None:
    """A branch of several stages stands for all of them."""
    step = workflow(NESTED).triggers()["review.shorten"]
    assert step.cancels == ("review.style", "review.money.inner.two")
    assert step.only_while == ("review.facts.look", "review.facts.judge")


def test_a_parallel_stage_says_how_it_joins() -> None:
    """Short and long."""
    parallel = workflow(NESTED).stages["review"].parallel
    assert parallel is not None
    assert (parallel.join.count, parallel.rest, parallel.one_at_a_time) == (2, Rest.KEPT, True)
    guard = parallel.branches["style"].when
    assert guard is not None
    assert guard.holds(Asked({"note": "x"})) is True


def test_a_name_that_fits_several_steps_means_any_of_them() -> None:
    """`whoever did check` is whoever made either check."""
    built = workflow(
        "stages:\n  one: {owner: author, transitions: {check: {to: two}}}\n"
        "  two: {owner: author, transitions: {check: {to: three}}}\n"
        "  three: {owner: author, transitions: {sign: {to: closed, not_by: whoever did check}}}\n"
        "  closed: {end: completed}\n"
    )
    assert built.triggers()["three.sign"].not_by == Who(did=("one.check", "two.check"))


def test_a_whole_path_means_itself_alone() -> None:
    """Though it is the end of another."""
    names = Names(["check", "review.check", "review.facts.check"])
    assert names.find("check") == ("check",)
    assert names.find("facts.check") == ("review.facts.check",)
    assert names.find("review.check") == ("review.check",)
    assert names.find("acts.check") == names.find("") == ()
    assert Names(["a.x", "b.x"]).find("x") == ("a.x", "b.x")


def test_who_is_said_in_four_ways() -> None:
    """Together where several are listed."""
    built = workflow(
        "fields: {lead: person}\nstages:\n  draft:\n    owner: [author, person in lead, whoever did send]\n"
        "    transitions: {send: {to: closed}, read: {to: here, by: anyone}}\n  closed: {end: completed}\n"
    )
    assert built.stages["draft"].owner == Who(roles=("author",), did=("draft.send",), fields=("lead",))
    assert built.triggers()["draft.read"].by == Who(anyone=True)


def test_anyone_but_one_is_somebody() -> None:
    """Four eyes, where everybody else may."""
    assert (
        messages(
            "stages:\n  one: {owner: author, transitions: {send: {to: two}}}\n"
            "  two: {transitions: {agree: {to: closed, by: anyone, not_by: whoever did send}}}\n"
            "  closed: {end: completed}\n"
        )
        == []
    )


def test_a_step_of_the_clock_is_nobodys_unless_somebody_is_named() -> None:
    """The owner does not make it too."""
    built = workflow(
        "stages:\n  draft:\n    owner: author\n    transitions:\n"
        "      expire: {to: closed, at: 3 months after entry}\n"
        "      end: {to: closed, at: 3 months after entry, by: chair}\n  closed: {end: completed}\n"
    )
    assert built.triggers()["draft.expire"].by == Who()
    assert built.triggers()["draft.end"].by == Who(roles=("chair",))


def test_a_choice_is_a_list_of_cases() -> None:
    """The last one is the else."""
    built = workflow(
        "fields: {rating: {type: choice, options: [good, {value: poor, title: Not good}]}}\nstages:\n  draft:\n"
        "    owner: author\n    transitions:\n"
        "      send: {to: [{when: rating == 'poor', to: here}, {else: closed}], needs: rating}\n"
        "  closed: {end: completed}\n"
    )
    first, last = built.triggers()["draft.send"].cases
    assert (first.to, last) == (HERE, Case("closed"))
    assert first.when is not None
    assert first.when.holds(Asked({"rating": "poor"})) is True
    assert [option.title for option in built.fields["rating"].options] == ["Good", "Not good"]


def test_what_a_step_does_besides() -> None:
    """Fields set and emptied, sub-items opened, mail sent."""
    built = workflow(
        "fields: {sites: {type: list, of: text}, day: date, note: text, ok: yes_no}\nstages:\n  draft:\n"
        "    owner: author\n    transitions:\n      send:\n        to: closed\n        votes: 2\n        bulk: false\n"
        "        sets: {day: today, ok: true}\n        clears: note\n"
        "        opens: [{workflow: action, each: sites, into: what, copies: {by_when: day}}]\n"
        "        effects: [{mail: [chair, whoever did send], subject: 'About {reference}', text: Done.}]\n"
        "  closed: {end: completed}\n"
    )
    step = built.triggers()["draft.send"]
    assert (step.sets, step.clears, step.votes, step.bulk) == ((("day", "today"), ("ok", True)), ("note",), 2, False)
    assert step.opens == (Opens("action", "sites", "what", (("by_when", "day"),)),)
    mail = EffectRule(Effect.MAIL, Who(roles=("chair",), did=("draft.send",)), "", "About {reference}", "Done.")
    assert step.effects == (mail,)
    assert built.fields["sites"].of is FieldType.TEXT


@pytest.mark.parametrize("written", ["action", "{workflow: action}", "[action]", "[{workflow: action}]"])
def test_one_sub_item_needs_no_list(written: str) -> None:
    """A single entry stands for itself, in the schema that editors read too."""
    found = workflow(
        f"stages:\n  draft: {{owner: author, transitions: {{send: {{to: closed, opens: {written}}}}}}}\n"
        "  closed: {end: completed}\n"
    )
    assert found.triggers()["draft.send"].opens == (Opens("action"),)
    ways = workflow_schema()["$defs"]["TransitionShape"]["properties"]["opens"]["anyOf"]
    assert [way.get("type", "mapping") for way in ways] == ["string", "mapping", "array"]


def test_sub_items_are_waited_for_or_not() -> None:
    """A fixed number, one for each entry, or still growing."""
    built = workflow(
        "stages:\n  draft:\n    sub_items: {workflow: action, more: author, wait: any}\n"
        "    transitions: {joined: {to: closed}}\n  closed: {end: completed}\n"
    )
    sub = built.stages["draft"].sub_items
    assert isinstance(sub, SubItems)
    assert (sub.workflow, sub.join.kind.value, sub.more) == ("action", "any", Who(roles=("author",)))


def test_references_are_made_from_the_name_if_left_out() -> None:
    """By period and subject where there are both, else by number: of each organisation where items are about one."""
    assert workflow("workflow: own_example\n").reference == "OE/{number}"
    assert workflow("subject: provider\n").reference == "E/{subject}/{number}"
    assert workflow("period: quarter\nsubject: provider\n").reference == "E/{period}/{subject}"


def test_a_rule_within_quotes_or_lines_is_placed_where_it_stands() -> None:
    """Columns count what is written."""
    step = "stages:\n  draft:\n    owner: author\n    {}\n    transitions: {{send: {{to: closed}}}}\n"
    step += "  closed: {{end: x}}\n"
    assert messages(step.format("due: '5 days after entry'"))[0].startswith("6:13: time-rule:")
    assert messages(step.format('due: "5 days after entry"'))[0].startswith("6:13: time-rule:")
    assert messages(step.format("due: {rule: 5 days after entry}"))[0].startswith("6:19: time-rule:")


def test_a_file_with_an_error_has_no_value_and_one_with_a_warning_has() -> None:
    """A warning lets it pass."""
    assert reading("retention: a while\n").value is None
    warned = reading(
        "stages:\n  draft: {owner: author, transitions: {send: {to: closed, effects: [{webhook: register}]}}}\n"
        "  closed: {end: completed}\n"
    )
    assert [fault.rule for fault in warned.faults] == ["effect-without-carrier"]
    assert warned.value is not None
    assert not warned.refused


def test_what_people_read_is_as_written_or_made_from_the_name() -> None:
    """Titles, labels, and what they are for."""
    built = workflow(
        "purpose: To show it.\nfields: {first_note: {type: text, label: A note, help: Short.}, second_note: text}\n"
        "stages:\n  first_draft:\n    title: The draft\n    about: Write it.\n    owner: author\n    transitions:\n"
        "      send_it: {to: closed, title: Away with it}\n      keep_it: {to: here}\n  closed: {end: completed}\n"
    )
    assert built.purpose == "To show it."
    assert (built.fields["first_note"].label, built.fields["first_note"].help) == ("A note", "Short.")
    assert built.fields["second_note"].label == "Second note"
    assert (built.stages["first_draft"].title, built.stages["first_draft"].about) == ("The draft", "Write it.")
    assert [step.title for step in built.triggers().values()] == ["Away with it", "Keep it"]


def test_a_step_leads_to_a_stage_of_another_line_only_by_its_end() -> None:
    """And the message says so, unless a stage of its own line was probably meant."""
    text = NESTED.replace("give_up: {}", "give_up: {to: closed}")
    (message,) = messages(text)
    assert message.startswith("12:80: unknown-stage: stage 'closed' is not defined in this line of stages; ")
    assert messages(NESTED.replace("give_up: {}", "give_up: {to: lok}"))[0].endswith("did you mean 'look'?")
    assert "is not defined; define it" in messages(NESTED.replace("give_up: {}", "give_up: {to: elsewhere}"))[0]


def test_a_clock_step_that_people_may_make_too_may_ask_for_a_reason() -> None:
    """Whoever makes it gives one."""
    step = "stages:\n  draft:\n    owner: author\n    transitions:\n"
    step += "      end: {to: closed, at: 3 months after entry, "
    assert messages(step + "by: chair, needs: reason}\n  closed: {end: completed}\n") == []
    assert len(messages(step + "needs: reason}\n  closed: {end: completed}\n")) == 1


def test_fixed_values_fit_their_fields() -> None:
    """A day is a day of the calendar, a number a number."""
    field = "fields: {{x: {{type: {}, default: {}}}}}\n"
    fitting = (("date", "2027-04-30"), ("date", "today"), ("number", "12"), ("number", "-1.5"), ("text", "a"))
    for kind, value in fitting:
        assert messages(field.format(kind, value)) == []
    odd = (("date", "20270430"), ("date", "2027-W01-1"), ("number", "1."), ("number", "1e5"), ("number", "true"))
    for kind, value in (*odd, ("text", "12"), ("yes_no", "1"), ("list", "a"), ("person", "[]")):
        assert len(messages(field.format(kind, value))) == 1, (kind, value)


def test_a_field_is_released_as_it_says_itself_or_as_its_workflow_says() -> None:
    """And stays inside where neither says anything."""
    fields = "fields: {a: text, b: {type: text, release: public}, c: {type: text, release: private}}\n"

    def public(said: str) -> list[str]:
        return [field.name for field in workflow(said + fields).fields.values() if field.release == "public"]

    assert public("") == public("release: private\n") == ["b"]
    assert public("release: public\n") == ["a", "b"]


def test_a_branch_was_decided_by_a_step_of_one_of_its_stages() -> None:
    """And by no other."""
    asks = "joined: {{to: [{{when: decided('facts') == '{}', to: closed}}, {{else: review}}]}}"
    assert messages(NESTED.replace("joined: {to: closed}", asks.format("give_up"))) == []
    (message,) = messages(NESTED.replace("joined: {to: closed}", asks.format("shorten")))
    assert message.endswith("guard-impossible: it can never be 'shorten'; use one of: go, give_up, back")
