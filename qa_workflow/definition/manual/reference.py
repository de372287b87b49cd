"""The reference pages of the manual, made from the parser's own tables: what they say is what is accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from keyword import kwlist
from typing import Any

from qa_workflow.calendar import AnchorKind, Calendar, DayKind, Direction, DueDate, time_rule, weekday_date, work_out
from qa_workflow.definition.build.effects import MAIL_WORDS
from qa_workflow.definition.build.fields import RESERVED_FIELDS
from qa_workflow.definition.build.outline import RESERVED_STAGES
from qa_workflow.definition.build.phrases import WHO_FORMS
from qa_workflow.definition.build.steps import RESERVED_TRIGGERS
from qa_workflow.definition.build.top import REFERENCE_WORDS
from qa_workflow.definition.faults import Fault
from qa_workflow.definition.guards.functions import FUNCTIONS
from qa_workflow.definition.guards.text import MAX_CHARACTERS
from qa_workflow.definition.manual.example_files import ACTION, GOVERNANCE, SITE_REVIEW, Example, complete
from qa_workflow.definition.manual.rule_examples import EXAMPLES
from qa_workflow.definition.manual.told_examples import TOLD
from qa_workflow.definition.read import read_governance, read_workflow
from qa_workflow.definition.rules import GROUPS, RULES
from qa_workflow.definition.shape import governance as governance_shape
from qa_workflow.definition.shape import workflow as shape
from qa_workflow.definition.shape.keys import Key, keys_of
from qa_workflow.definition.shape.schema import governance_schema, workflow_schema
from qa_workflow.definition.text.decode import MAX_BYTES
from qa_workflow.definition.text.events import MAX_DEPTH

WORKFLOW_PARTS: Sequence[tuple[str, type[shape.Shape]]] = (
    ("Workflow", shape.WorkflowShape),
    ("Opening by the clock: `opens`", shape.OpeningShape),
    ("The next one: `repeat`", shape.RepeatShape),
    ("Rights: `rights`", shape.RightsShape),
    ("Field: `fields`", shape.FieldShape),
    ("Option: `options`", shape.OptionShape),
    ("Stage: `stages`", shape.StageShape),
    ("Due: `due`, and wherever a time may be said at length", shape.DueShape),
    ("Reminder: `remind`", shape.ReminderShape),
    ("Escalation: `escalate`", shape.RungShape),
    ("Lapse: `lapse`", shape.LapseShape),
    ("Transition: `transitions`", shape.TransitionShape),
    ("Case: a list under `to`", shape.CaseShape),
    ("Sub-item opened by a transition: `opens`", shape.OpensShape),
    ("Effect: `effects`, `on_entry`, `on_exit`", shape.EffectShape),
    ("Branches: `parallel`", shape.ParallelShape),
    ("Branch: `branches`", shape.BranchShape),
    ("Sub-items: `sub_items`", shape.SubItemsShape),
    ("Collected: `collects`", shape.CollectsShape),
)
GOVERNANCE_PARTS: Sequence[tuple[str, type[shape.Shape]]] = (
    ("Governance", governance_shape.GovernanceShape),
    ("Calendar: `calendars`", governance_shape.CalendarShape),
    ("Role: `roles`", governance_shape.RoleShape),
    ("Scale: `scales`", governance_shape.ScaleShape),
    ("Level: `levels`", governance_shape.LevelShape),
    ("Organisation: `organisations`", governance_shape.OrganisationShape),
    ("Earlier name: `names`", governance_shape.NameShape),
    ("Body: `bodies`", governance_shape.BodyShape),
    ("Meetings: `meets`", governance_shape.MeetsShape),
    ("Person: `people`", governance_shape.PersonShape),
)


def faults_of(example: Example, *, right: bool = False) -> tuple[Fault, ...]:
    """What is said about an example, as a whole file among those that it stands on."""
    text = complete(example.right if right else example.wrong, example.kind).encode()
    if example.kind == "governance":
        return read_governance(text).faults
    governance = read_governance(GOVERNANCE.encode()).required()
    others = [read_workflow(other.encode(), "other", governance).required() for other in (ACTION, SITE_REVIEW)]
    return read_workflow(text, "example.yaml", governance, {other.name: other for other in others}).faults


def language_reference() -> str:
    """The reference of the language, as a section of its manual: every key, word and phrase that is accepted."""
    parts = [_BEGINNING, _times(), _who(), _conditions()]
    parts += _section("A workflow file", WORKFLOW_PARTS, workflow_schema())
    parts += _section("The governance file", GOVERNANCE_PARTS, governance_schema())
    return "\n".join([*parts, _words()])


def rules_page() -> str:
    """The page of rules: what each says and why, with what is wrong and what is meant."""
    parts = [_RULES_BEGINNING]
    for title, group in GROUPS.items():
        parts.append(f"- **{title}**: {', '.join(f'[{rule.id}](#{rule.id})' for rule in group)}")
    parts.append("")
    for rule in RULES.values():
        parts.append(f"## {rule.id}\n\n**{rule.title}.** {rule.why} ({rule.severity.value})\n")
        if told := TOLD.get(rule.id):
            parts.append(f"Wrong: {told.wrong}\n\nRight: {told.right}\n")
            continue
        example = EXAMPLES[rule.id]
        said = "\n>\n> ".join(dict.fromkeys(f"{fault.what}; {fault.mend}" for fault in faults_of(example)))
        parts.append(f"Wrong:\n\n```yaml\n{example.wrong}```\n\n> {said}\n\nRight:\n\n```yaml\n{example.right}```\n")
    return "\n".join(parts).rstrip() + "\n"


_BEGINNING = f"""\
This part is made from the code that reads the files (`qa_workflow/definition/`), as is the JSON Schema that
`qa-workflow schema` prints for editors. [rules.md](rules.md) lists what is refused, each with an example.

Files are YAML in UTF-8, with plain keys and values: no anchors, aliases, tags or merge keys, one document a file,
no key twice, nested at most {MAX_DEPTH} deep, at most {MAX_BYTES:,} bytes. Only `true`, `false` and plain whole
numbers are more than text; `NO`, `12:30`, `010` and dates stay as they are written. Nothing in a file is ever run.
An *identifier* is small letters, digits and `_`, beginning with a letter; a *mapping* is keys with values.
"""
_RULES_BEGINNING = """\
# What is refused

`qa-workflow check` reads every file to its end and says all that is wrong, one line each:
`file:line:column: rule: what; how to mend it`. An *error* refuses the file; a *warning* lets it pass. The examples show
the part of a file that matters and what is said about it; a test holds them to the rules.
"""


def _section(title: str, parts: Sequence[tuple[str, type[shape.Shape]]], schema: dict[str, Any]) -> Iterable[str]:
    yield f"### {title}\n"
    shapes = {"": schema, **schema["$defs"]}
    for number, (heading, made_of) in enumerate(parts):
        properties = shapes["" if number == 0 else made_of.__name__]["properties"]
        about = " ".join((made_of.__doc__ or "").split())
        rows = [_row(key, properties[key.name]) for key in keys_of(made_of).values()]
        yield f"#### {heading}\n\n{about}\n\n| key | form | meaning |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"


def _link(shape_name: str) -> str:
    """To the section of a shape, by the first words of its heading."""
    heading = next(title for title, part in (*WORKFLOW_PARTS, *GOVERNANCE_PARTS) if part.__name__ == shape_name)
    anchor = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
    return f"[{heading.partition(':')[0].lower()}](#{anchor})"


def _row(key: Key, written: dict[str, Any]) -> str:
    needed = " *(needed)*" if key.required else ""
    return f"| `{key.name}`{needed} | {_form(written, key)} | {key.about.replace('|', '/')} |"


def _form(written: dict[str, Any], key: Key | None = None) -> str:
    """How a value is written, in words."""
    if key is not None and key.words:
        return ", ".join(f"`{word}`" for word in key.words)
    if "anyOf" in written:
        return " or ".join(dict.fromkeys(_form(way) for way in written["anyOf"]))
    if "$ref" in written:
        return _link(str(written["$ref"]).rpartition("/")[2])
    match written.get("type"):
        case "array":
            return f"list of {_form(written['items'])}"
        case "object":
            ways = [written.get("additionalProperties"), *written.get("patternProperties", {}).values()]
            inner = next((_form(way) for way in ways if isinstance(way, dict)), "text")
            return f"a mapping, each value {inner}"
        case "integer":
            return "whole number"
        case "boolean":
            return "`true` or `false`"
        case "string" if written.get("pattern") == shape.IDENTIFIER:
            return "identifier"
        case _:
            return "text"


_DATED = (
    ("5 working days after entry", date(2027, 3, 24)),
    ("5 working days before meeting", date(2027, 3, 31)),
    ("5 clear working days before meeting", date(2027, 3, 31)),
    ("30 calendar days beginning with entry", date(2027, 4, 1)),
    ("30 calendar days after received_on", date(2027, 4, 30)),
    ("20 FOI working days after received_on", date(2026, 12, 14)),
    ("1 month after opening", date(2027, 1, 31)),
    ("on 30 April after period end", date(2027, 3, 31)),
)
"""Rules, and days from which they are counted to show what they come to."""


def _dated(text: str, day: date) -> str:
    found = work_out(time_rule(text), lambda _: day, Calendar())
    if not isinstance(found, DueDate):
        raise LookupError(text)
    anchor = text.rpartition(" after ")[2].rpartition(" before ")[2].rpartition(" with ")[2]
    return f"| `{text}` | {anchor}: {weekday_date(day)} | {weekday_date(found.on)} |"


def _times() -> str:
    units = ", ".join(f"`{kind.plural}`" for kind in DayKind)
    directions = ", ".join(f"`{direction.value}`" for direction in Direction)
    anchors = [f"`{kind.value}`" for kind in AnchorKind if not (kind.has_name or kind.has_body)]
    bodies = [f"`{kind.value}` (of the stage's own body), `{kind.value} of BODY`, `{kind.value} of KIND for subject`"
              for kind in AnchorKind if kind.has_body]  # fmt: skip
    happened = [
        f"`STEP {AnchorKind.DONE.value}`",
        *(f"`STAGE {k.value}`" for k in (AnchorKind.ENTERED, AnchorKind.LEFT)),
    ]
    rows = "\n".join(_dated(text, day) for text, day in _DATED)
    return f"""\
### Times

A time is one of

- `AMOUNT UNIT DIRECTION ANCHOR`, as `5 clear working days before meeting`;
- `on DAY MONTH`, alone, `in period`, or `after ANCHOR`, as `on 30 April after period end`;
- `ANCHOR` alone: the day itself.

Its words:

- units: {units}; a bare "days" is refused. Clear working days leave out the day at either end; FOI working days
  leave out the bank holidays of every part of the United Kingdom;
- directions: {directions}; the two that say "with" count the anchor's own day, the others do not;
- anchors: {", ".join(anchors)};
  {"; ".join(bodies)};
  the name of a field of type `date`;
  {", ".join(happened)}.

While it is not known what an anchor stands for (a field that is not filled, a step that was not made) there is no date.

| rule | counted from | comes to |
| --- | --- | --- |
{rows}

What is due on a day is in time until that day ends, and what has `at: "12:00"` until noon. The long form adds roll,
time of day, basis, source, calendar and what a hold does: see {_link("DueShape")}.
"""


def _who() -> str:
    rows = "\n".join(f"| `{form}` | {meaning} | `{example}` |" for form, meaning, example in WHO_FORMS)
    return f"### Who\n\n| form | meaning | example |\n| --- | --- | --- |\n{rows}\n"


def _conditions() -> str:
    rows = "\n".join(f"| `{f.form}` | {f.help} | {f.gives.kind.value} |" for f in FUNCTIONS.values())
    return f"""\
### Conditions

A condition compares fields, fixed values and the functions below with `==`, `!=`, `<`, `<=`, `>`, `>=`, `in [...]`, and
joins comparisons with `and`, `or`, `not` and brackets. Text stands in quotes, dates as `'2027-04-01'`; numbers can be
added and subtracted. It is checked against the declared fields, and has at most {MAX_CHARACTERS:,} characters. A field
that is not filled is neither yes nor no: ask `has(…)` first. A person's step that cannot be judged is refused with the
reason; a step of the clock, a lapse or a join waits, its people are told, and a join goes on when the field is
filled. Whether a branch starts is judged as its stage is entered: the step that led there is done. Steps and stages
are named in quotes, by the last part of their path or as much of it as is needed.

| function | is | gives |
| --- | --- | --- |
{rows}
"""


def _words() -> str:
    def listed(words: Iterable[str]) -> str:
        return ", ".join(f"`{word}`" for word in words)

    return f"""\
### Words with a meaning of their own

- Filled into a `reference`: {listed(REFERENCE_WORDS)}, each in braces.
- Filled into the subject and text of a mail: {listed(MAIL_WORDS)}, each in braces.
- Not the name of a stage: {listed(sorted(RESERVED_STAGES))}.
- Not the name of a transition: {listed(sorted(RESERVED_TRIGGERS))}; `joined` is the one that the engine makes.
- Not the name of a field: {listed(sorted({*RESERVED_FIELDS, *filter(str.islower, kwlist)}))}.
"""
