"""Branches open at once: joins over the branches that were started, in every finishing order, nested too."""

from itertools import permutations

import pytest

from qa_workflow.engine.commands import AddSubItem, Comment, Correct, PutOnHold, Record
from qa_workflow.engine.policy import ENGINE
from qa_workflow.engine.refusals import NotNow, WhichOne
from tests.unit.engine.stage_play import Play, at


def parallel(join: str, *, rest: str = "cancelled", order: str = "together", branches: str = "") -> str:
    """A review by three, and what comes after."""
    made = branches or "".join(
        f"        {name}: {{owner: reviewer, transitions: {{done_{name}: {{}}}}}}\n" for name in "abc"
    )
    return f"""
workflow: review_by_three
title: Review by three
fields: {{wide: {{type: yes_no, default: false}}}}
stages:
  review:
    parallel:
      join: {join}
      rest: {rest}
      order: {order}
      branches:
{made}
    transitions:
      joined: {{to: after}}
      withdraw: {{to: before, by: author}}
      drop_b: {{to: here, by: author, cancels: b}}
  before: {{owner: author, transitions: {{again: {{to: review}}}}}}
  after: {{owner: author, transitions: {{close: {{to: ended}}}}}}
  ended: {{end: completed}}
"""


@pytest.mark.parametrize("order", list(permutations("abc")))
@pytest.mark.parametrize(("join", "needed"), [("all", 3), ("any", 1), ("first 2", 2), ("first 3", 3)])
def test_a_join_fires_at_the_branch_that_meets_it_in_every_order(
    join: str, needed: int, order: tuple[str, ...]
) -> None:
    """`transitions` 0.9.3 fires nested joins early; this one counts."""
    play = Play(parallel(join))
    for count, name in enumerate(order, 1):
        assert play.stages[0].startswith("review."), f"after {count - 1} of {needed}"
        play.fire(f"done_{name}", "rob")
        if count == needed:
            break
    assert play.stages == ["after"]
    assert play.kinds.count("joined") == 1


UNCLEAR = """
workflow: unclear
title: Where it leads depends on a field
fields: {note: text}
stages:
  review:
    owner: author
    %s
    transitions: {joined: {to: [{when: note == 'no', to: again}, {else: after}]}}
  again: {owner: author, transitions: {resubmit: {to: review}}}
  after: {end: completed}
"""


def test_a_join_whose_way_cannot_be_judged_waits_and_goes_on_when_it_can() -> None:
    """What was done is recorded, the owner is told once, and filling in the field is all that it takes."""
    play = Play(UNCLEAR % "parallel: {branches: {a: {owner: reviewer, transitions: {done_a: {}}}}}")
    play.fire("done_a", "rob")
    assert (play.stages, play.kinds[-2:]) == (["review"], ["moved", "waived"])
    assert play.events[-1].reason == "where it leads cannot be judged: field 'note' is not filled"
    play.do(Comment("nothing that helps"), "rob")
    assert [o.payload["topic"] for o in play.sent].count("waits_for_you") == 1
    play.do(Record({"note": "no"}), "cher")
    assert (play.stages, play.kinds[-2:]) == (["again"], ["recorded", "joined"])
    play.fire("resubmit")
    play.do(Correct("it was well after all", {"note": "yes"}), "cher")
    play.fire("done_a", "rob")
    assert play.item.status == "closed", "the next time it is judged anew"


@pytest.mark.parametrize("owner", ["author", None])
def test_of_a_join_that_leads_nowhere_yet_people_are_told_once_whatever_else_ends(owner: str | None) -> None:
    """Where nobody owns the stage, those are told who may write something down in it."""
    text = UNCLEAR % "sub_items: {workflow: one_visit, count: 2, wait: first 1}"
    play = Play(text if owner else text.replace("    owner: author\n", "", 1))
    play.child_ends()
    play.child_ends()
    told = [(str(event.kind), event.source, event.actor) for event in play.events[-3:]]
    assert told == [(kind, "review", ENGINE.name) for kind in ("sub_item_ended", "waived", "sub_item_ended")]
    (to,) = [out.to for out in play.sent if out.payload.get("topic") == "waits_for_you"]
    assert to.roles == ((owner,) if owner else play.setting.governance.rights["record"])


def test_a_join_that_leads_to_one_that_is_met_already_is_followed_by_it() -> None:
    """In the stage behind it no branch is started, and nobody would ever come to make a step there."""
    branch = "parallel: {branches: {%s: {owner: reviewer, %s transitions: {done_%s: {}}}}}"
    play = Play(f"""
workflow: two_reviews
title: Two reviews
fields: {{wide: {{type: yes_no, default: false}}}}
stages:
  near: {{{branch % ("a", "", "a")}, transitions: {{joined: {{to: far}}}}}}
  far: {{{branch % ("b", "when: wide == true,", "b")}, transitions: {{joined: {{to: after}}}}}}
  after: {{owner: author, transitions: {{close: {{to: ended}}}}}}
  ended: {{end: completed}}
""")
    play.fire("done_a", "rob")
    assert (play.stages, play.kinds[-3:]) == (["after"], ["moved", "joined", "joined"])
    assert [event.actor for event in play.events[-3:]] == ["rob", ENGINE.name, ENGINE.name]


def test_a_hold_ends_by_itself_though_a_join_leads_nowhere_yet() -> None:
    """What the clock cannot judge does not stop the clock: the hold ends, and the join waits for a person."""
    play = Play(UNCLEAR % "sub_items: {workflow: one_visit, count: 1}")
    play.do(PutOnHold("the building is closed", at("2027-04-06T09:00")), "rob")
    play.child_ends()
    play.until("2027-04-06T09:00")
    assert (play.item.status, play.kinds[-3:]) == ("open", ["sub_item_ended", "resumed", "waived"])
    play.do(Correct("it was forgotten", {"note": "yes"}), "cher")
    assert play.item.status == "closed"


def test_the_rest_is_cancelled_when_the_join_is_met() -> None:
    play = Play(parallel("first 1"))
    play.fire("done_b", "rob")
    assert [v.stage for v in play.item.visits] == ["after"]


def test_an_ignored_rest_goes_on_but_nothing_waits_for_it() -> None:
    play = Play(parallel("any", rest="ignored"))
    play.fire("done_b", "rob")
    assert play.stages == ["review.a", "review.c", "after"]
    play.fire("done_a", "rob")
    assert play.stages == ["review.c", "after"]
    play.fire("close")
    assert (play.item.status, play.stages) == ("closed", ["ended"])


def test_a_kept_rest_must_be_finished_before_the_item_closes() -> None:
    play = Play(parallel("any", rest="kept"))
    play.fire("done_b", "rob")
    play.fire("close")
    assert (play.item.status, play.stages) == ("open", ["review.a", "review.c", "ended"])
    play.fire("done_a", "rob")
    assert play.item.status == "open"
    play.fire("done_c", "rob")
    assert (play.item.status, play.stages) == ("closed", ["ended"])


def test_only_started_branches_count() -> None:
    """Multi-choice: a branch whose condition does not hold is not started, and the join does not wait for it."""
    branches = """
        a: {owner: reviewer, transitions: {done_a: {}}}
        b: {owner: reviewer, when: wide == true, transitions: {done_b: {}}}
"""
    play = Play(parallel("all", branches=branches).replace("      drop_b: {to: here, by: author, cancels: b}\n", ""))
    assert play.stages == ["review.a"]
    play.fire("done_a", "rob")
    assert play.stages == ["after"]
    wide = Play(
        parallel("all", branches=branches).replace("      drop_b: {to: here, by: author, cancels: b}\n", ""), wide=True
    )
    assert wide.stages == ["review.a", "review.b"]


def test_an_optional_branch_is_not_waited_for() -> None:
    branches = """
        a: {owner: reviewer, transitions: {done_a: {}}}
        b: {owner: reviewer, optional: true, transitions: {done_b: {}}}
"""
    play = Play(parallel("all", branches=branches))
    play.fire("done_a", "rob")
    assert play.stages == ["after"]


def test_where_every_branch_is_optional_all_of_them_are_waited_for() -> None:
    """Else a stage would be over as it begins, and nobody would have looked."""
    branches = "".join(
        f"        {name}: {{owner: reviewer, optional: true, transitions: {{done_{name}: {{}}}}}}\n" for name in "ab"
    )
    play = Play(parallel("all", branches=branches))
    play.fire("done_a", "rob")
    assert play.stages == ["review.b"]
    play.fire("done_b", "rob")
    assert play.stages == ["after"]


def test_branches_in_any_order_but_one_at_a_time() -> None:
    """Interleaved: what was begun is finished before another begins."""
    branches = """
        a:
          stages:
            first: {owner: reviewer, transitions: {look_a: {to: second}}}
            second: {owner: reviewer, transitions: {done_a: {}}}
        b:
          stages:
            first: {owner: reviewer, transitions: {look_b: {to: second}}}
            second: {owner: reviewer, transitions: {done_b: {}}}
"""
    play = Play(parallel("all", order="one at a time", branches=branches))
    play.fire("look_b", "rob")
    with pytest.raises(NotNow, match="finished first"):
        play.fire("look_a", "rob")
    play.fire("done_b", "rob")
    play.fire("look_a", "rob")
    play.fire("done_a", "rob")
    assert play.stages == ["after"]


def test_one_step_can_be_withdrawn() -> None:
    """Cancel activity: branch b is taken out, and the join counts without it."""
    play = Play(parallel("all"))
    play.fire("drop_b")
    assert play.stages == ["review.a", "review.c"]
    play.fire("done_a", "rob")
    play.fire("done_c", "rob")
    assert play.stages == ["after"]


def test_leaving_a_parallel_stage_ends_its_branches() -> None:
    play = Play(parallel("all"))
    play.fire("done_a", "rob")
    play.fire("withdraw")
    assert [v.stage for v in play.item.visits] == ["before"]
    play.fire("again")
    assert play.stages == ["review.a", "review.b", "review.c"], "a new visit begins with nothing finished"


def test_a_trigger_that_several_branches_know_must_say_which() -> None:
    branches = """
        a: {owner: reviewer, transitions: {check: {}}}
        b: {owner: reviewer, transitions: {check: {}}}
"""
    play = Play(parallel("all", branches=branches))
    with pytest.raises(WhichOne, match=r"review\.a\.check, review\.b\.check"):
        play.fire("check", "rob")
    play.fire("b.check", "rob")
    assert play.stages == ["review.a"]


NESTED = """
        x: {owner: reviewer, transitions: {done_x: {}}}
        y:
          stages:
            both:
              parallel:
                join: %s
                branches:
                  p: {owner: reviewer, transitions: {done_p: {}}}
                  q: {owner: reviewer, transitions: {done_q: {}}}
              transitions: {joined: {to: last}}
            last: {owner: reviewer, transitions: {done_y: {}}}
"""


@pytest.mark.parametrize(
    "order", [o for o in permutations(["x", "p", "q", "y"]) if o.index("y") > max(o.index("p"), o.index("q"))]
)
def test_nested_joins_wait_for_their_own_branches(order: tuple[str, ...]) -> None:
    play = Play(
        parallel("all", branches=NESTED % "all").replace("      drop_b: {to: here, by: author, cancels: b}\n", "")
    )
    assert play.stages == ["review.x", "review.y.both.p", "review.y.both.q"]
    for name in order:
        assert "after" not in play.stages
        play.fire(f"done_{name}", "rob")
    assert play.stages == ["after"]
    assert play.kinds.count("joined") == 2


def test_a_nested_any_cancels_its_own_rest_only() -> None:
    play = Play(
        parallel("all", branches=NESTED % "any").replace("      drop_b: {to: here, by: author, cancels: b}\n", "")
    )
    play.fire("done_q", "rob")
    assert play.stages == ["review.x", "review.y.last"]


VOTES = """
workflow: panel_vote
title: Panel vote
stages:
  panel:
    owner: reviewer
    transitions:
      approve: {to: approved, votes: 2}
      reject: {to: rejected, votes: 2}
  approved: {end: approved}
  rejected: {end: rejected}
"""


def test_a_panel_decides_when_enough_different_people_have_voted() -> None:
    play = Play(VOTES)
    play.fire("approve", "rob")
    with pytest.raises(NotNow, match="voted already"):
        play.fire("reject", "rob")
    play.fire("reject", "ruth")
    assert play.stages == ["panel"]
    play.fire("approve", "rhys")
    assert (play.item.outcome, play.kinds) == ("approved", ["opened", "voted", "voted", "moved"])


MILESTONE = """
workflow: with_milestone
title: With a milestone
stages:
  review:
    parallel:
      branches:
        offer:
          stages:
            open_for_comment: {owner: author, transitions: {close_comment: {to: closing}}}
            closing: {owner: author, transitions: {finish: {}}}
        comment: {owner: reviewer, transitions: {comment: {only_while: offer.open_for_comment}}}
    transitions: {joined: {to: ended}}
  ended: {end: completed}
"""


def test_a_milestone_allows_a_step_only_while_another_stage_is_open() -> None:
    play = Play(MILESTONE)
    play.fire("close_comment")
    with pytest.raises(NotNow, match="only while"):
        play.fire("comment", "rob")


SUB_ITEMS = """
workflow: site_visits
title: Site visits
fields: {sites: list, wanted: {type: yes_no, default: true}}
stages:
  prepare: {owner: author, transitions: {go: {to: visits, needs: sites}}}
  visits:
    owner: author
    sub_items: {workflow: one_visit, each: sites, into: site, wait: %s}
    transitions: {joined: {to: ended}}
  ended: {end: completed}
"""


@pytest.mark.parametrize(("wait", "needed"), [("all", 3), ("any", 1), ("first 2", 2)])
def test_a_stage_waits_for_its_sub_items(wait: str, needed: int) -> None:
    """Known at entry: one for each site."""
    play = Play(SUB_ITEMS % wait)
    play.fire("go", sites="Gloucester, Cheltenham, Stroud")
    opened = [o.payload["fields"] for o in play.sent if o.kind == "open_sub_item"]
    assert opened == [{"site": "Gloucester"}, {"site": "Cheltenham"}, {"site": "Stroud"}]
    for count in range(1, needed + 1):
        assert play.stages == ["visits"]
        play.child_ends()
        assert (play.stages == ["ended"]) == (count == needed)


def test_a_stage_need_not_wait_for_its_sub_items() -> None:
    play = Play(SUB_ITEMS % "none")
    play.fire("go", sites="Gloucester")
    assert (play.stages, play.item.status) == (["ended"], "closed")


def test_a_join_that_is_no_longer_met_is_told_anew_the_next_time() -> None:
    """A sub-item that is open again is waited for again; one that is added besides is, too."""
    play = Play(UNCLEAR % "sub_items: {workflow: one_visit, count: 1, more: author}")

    def waits() -> bool:
        return "joined" in play.item.visits[0].waived

    play.child_ends()
    assert waits()
    play.child_ends(None, "C/1")
    assert not waits()
    play.child_ends("completed", "C/1")
    assert waits()
    play.do(AddSubItem())
    assert not waits()
    play.child_ends()
    assert waits()
    assert [o.payload.get("topic") for o in play.sent].count("waits_for_you") == 3


AT_ENTRY = """
workflow: at_entry
title: What starts depends on how it came there
stages:
  plan: {owner: author, transitions: {in_full: {to: work}, in_short: {to: work}}}
  work:
    owner: author
    parallel:
      branches:
        always: {owner: author, transitions: {done_always: {}}}
        full: {owner: author, when: decided('plan') == 'in_full', transitions: {done_full: {}}}
        again: {owner: author, when: visits('work') > 1, transitions: {done_again: {}}}
    transitions: {joined: {to: ended}, back: {to: plan}}
  ended: {end: completed}
"""


def test_whether_a_branch_starts_is_judged_as_its_stage_is_entered() -> None:
    """The step that leads there is done, and this visit counts."""
    play = Play(AT_ENTRY)
    play.fire("in_full")
    assert play.stages == ["work.always", "work.full"]
    play.fire("back")
    play.fire("in_short")
    assert play.stages == ["work.always", "work.again"]


def test_a_date_moves_as_soon_as_another_stage_is_entered_that_it_counts_from() -> None:
    lines = "{s: {owner: author, transitions: {go: {to: t}}}, t: {owner: reviewer, transitions: {done_t: {}}}}"
    text = parallel("all", branches=f"        b: {{stages: {lines}}}\n")
    play = Play(text.replace("    parallel:", "    due: 3 working days after t was entered\n    parallel:", 1))
    assert play.due is None
    play.fire("go")
    assert play.due == "2027-04-06"
