"""The register of rules: every fault names one of these. The manual's page of rules is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa_workflow.definition.faults import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that files must keep: its id, how grave it is, what it says, and why."""

    id: str
    title: str
    why: str
    severity: Severity = Severity.ERROR


def _errors(*rows: tuple[str, str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(*row) for row in rows)


def _warnings(*rows: tuple[str, str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(*row, Severity.WARNING) for row in rows)


FILES = _errors(
    (
        "missing-file",
        "The file or folder is there",
        "A path that does not exist is usually a slip, and silence would look like success.",
    ),
    ("unreadable-file", "The file can be read", "What cannot be read cannot be checked."),
    ("nothing-to-read", "The folder holds definitions", "A check of nothing would look like success."),
    (
        "no-governance",
        "Workflows come with a governance file",
        "Roles, bodies and calendars are named there; without it nothing could be checked.",
    ),
    (
        "wrong-file",
        "A file's name says which of the two kinds it is",
        "Governance is read from `governance.yaml` and nowhere else; every other file is a workflow.",
    ),
    ("empty-file", "The file is not empty", "An empty definition defines nothing."),
    (
        "too-large",
        "The file is small enough to be read by people",
        "Nobody reviews more than a megabyte, and very large files are a way to stop a server.",
    ),
    ("too-many-parts", "The file has a bounded number of parts", "Very many parts are a way to stop a server."),
    ("too-many-faults", "Faults are shown up to a number", "The first ones explain the rest."),
    ("too-deep", "Nesting is bounded", "Deep nesting cannot be read, and is a way to stop a server."),
)

TEXT = _errors(
    ("not-utf-8", "The file is UTF-8", "Other encodings turn letters into other letters without anybody noticing."),
    (
        "control-character",
        "No character is invisible, or a space that is none",
        "Two names that look the same must be the same.",
    ),
    (
        "bidi-character",
        "No character changes the direction of writing",
        "Text must be what it looks like to the person who approves it.",
    ),
    ("yaml-syntax", "The file is well-formed YAML", "What cannot be read for certain is not guessed."),
    (
        "yaml-anchor",
        "Nothing is marked to be used again",
        "A reader should see what a line says without looking elsewhere.",
    ),
    ("yaml-alias", "Nothing stands for something else", "A few lines of aliases can stand for gigabytes."),
    ("merge-key", "No mapping is mixed into another", "What a stage says must stand in the stage."),
    (
        "yaml-tag",
        "No value asks for a special type",
        "Tags can ask a program to run code; nothing in a file is ever run.",
    ),
    ("second-document", "A file holds one document", "A second one would be overlooked."),
    ("not-a-mapping", "The file holds keys with values", "A definition is made of named parts."),
    ("duplicate-key", "A key is given once", "Of two values only one could count, and nobody could tell which."),
    ("key-not-text", "Keys are plain words", "A list or a mapping cannot be a name."),
)

SHAPE = _errors(
    ("unknown-key", "Every key is known", "A misspelt key would otherwise be ignored, and with it what it asked for."),
    ("missing-key", "What is needed is there", "Some things cannot be guessed."),
    ("empty-value", "A key has a value", "A key with nothing behind it was usually left unfinished."),
    (
        "bad-name",
        "Names are plain",
        "Names stand in addresses, commands and conditions, so they use small letters, digits and _.",
    ),
    ("reserved-name", "Names do not mean something else", "`to: done` must mean one thing only."),
    ("wrong-word", "A fixed word is one of those known", "A word that nobody understands would be ignored."),
    ("wrong-type", "A value is of the right sort", "`yes` is text and `true` is not; guessing would hide slips."),
    ("out-of-range", "A value is within its bounds", "Bounds keep pages readable and numbers meaningful."),
)

PHRASES = _errors(
    ("who-phrase", "Who is said in one of four ways", "Rights must be readable without doubt."),
    ("body-phrase", "A body is named plainly", "An item waits for one body."),
    ("times-phrase", "How often is a number of times", "A bound on rework has to be a number."),
    (
        "one-line",
        "What is read as one line is written as one",
        "Titles stand in lists, in the subjects of mails and in calendars, which have no room for a second line.",
    ),
    ("retention-phrase", "How long is a time", "Records are kept for years or months, not for a while."),
    (
        "reference-twice",
        "No two workflows name their items alike",
        "An item whose reference is taken cannot be opened: by no person, no other item and not by the clock.",
    ),
    ("reference-form", "References tell items apart", "People quote them in minutes and letters."),
    (
        "mail-form",
        "A message fills in known words only",
        "No case detail belongs into a mail, so only a few words are filled in.",
    ),
    ("case-form", "A case says when and where to", "A case without a condition is the else, and there is one."),
    ("effect-form", "An effect is one thing", "Each effect is sent, retried and proved by itself."),
    ("branch-form", "A branch is one stage or several", "With both it would not be clear which stage is open."),
    ("stage-form", "A stage waits for one kind of thing", "Branches, sub-items and an end exclude each other."),
    ("field-form", "A field has only what its type has", "Words belong to text, values to choices, entries to lists."),
    (
        "choice-values",
        "A choice has one list of values",
        "Without values nothing can be chosen; with two lists nobody knows which counts.",
    ),
    ("option-twice", "A value is listed once", "The second would never be chosen."),
    (
        "value-type",
        "A fixed value fits its field",
        "A value that does not fit could never have been entered by a person.",
    ),
    (
        "field-type",
        "A field is of the type that its use needs",
        "A date can be counted from and a person can act; text cannot.",
    ),
    (
        "missing-target",
        "A step leads somewhere",
        "Only inside a branch does a step without `to` have a meaning: the branch is done.",
    ),
)

GUARDS = _errors(
    (
        "guard-syntax",
        "A condition can be read",
        "Conditions are a small language of their own and not a programming language.",
    ),
    ("guard-limit", "A condition is short", "What cannot be read at a glance cannot be approved."),
    ("guard-name", "A condition names what there is", "A field that does not exist is neither yes nor no."),
    (
        "guard-type",
        "A condition compares like with like",
        "Text is never equal to a number, and a number is neither yes nor no.",
    ),
    (
        "guard-impossible",
        "A condition compares with something that can be",
        "A comparison with a value that a field never has is a slip that always says no.",
    ),
    (
        "guard-constant",
        "A condition depends on something",
        "A condition that is always true or always false decides nothing.",
    ),
)

REFERENCES = _errors(
    ("unknown-stage", "A stage that is named exists", "An item cannot go to a stage that is not there."),
    ("unknown-branch", "A branch that is named exists", "Only a branch that exists can be withdrawn."),
    ("unknown-trigger", "A step that is named exists", "`whoever did check` needs a step called `check`."),
    ("unknown-field", "A field that is named is declared", "What is not declared cannot be filled."),
    ("unknown-role", "A role that is named exists", "A role that nobody can hold lets nobody act."),
    ("unknown-body", "A body that is named exists", "An item cannot wait for a body that never meets."),
    ("unknown-calendar", "A calendar that is named exists", "Working days have to be counted by some calendar."),
    ("unknown-scale", "A scale that is named exists", "A choice needs its values."),
    ("unknown-workflow", "A workflow that is named exists", "A sub-item has to be an item of something."),
    ("unknown-kind", "A kind that is named exists", "A cycle is opened for each organisation of a kind."),
    ("unknown-organisation", "An organisation that is named exists", "Organisations are named once, with their dates."),
    ("unknown-person", "A person that is named exists", "Nobody can stand in for somebody who is not there."),
    ("duplicate-workflow", "A workflow is defined once", "Its name is how items and other workflows know it."),
    (
        "no-subject",
        "What depends on the subject needs one",
        "`for subject` looks for the body that reviews the item's organisation.",
    ),
)

FLOW = _errors(
    (
        "unreachable-stage",
        "Every stage can be reached",
        "A stage that nothing leads to is forgotten or misspelt somewhere.",
    ),
    ("dead-end", "Every stage can be left", "An item that arrives there would rest for ever."),
    ("cannot-end", "Every stage can come to an end", "From there an item could only go round for ever."),
    ("no-end", "A workflow has an end", "An item that never ends is never done."),
    (
        "used-up",
        "A stage that is come back to keeps a way out",
        "When each step out has been made as often as it may be, the item would rest there for ever.",
    ),
    ("end-with-steps", "An end is an end", "Nothing leads out of it, and nothing is due there."),
    (
        "public-end",
        "What is published has ended, and has fields that are public",
        "Something under way is nobody else's to read; and where no field is public, nothing is told.",
    ),
    ("end-in-branch", "A branch ends by being done", "`end` ends the whole item, which other branches may still need."),
    ("start-is-end", "The first stage is not an end", "The item would be over before anybody saw it."),
    ("choice-without-else", "A choice has an else", "When no case holds, the item could get stuck."),
    ("case-unreachable", "Every case can come up", "What stands after the else, or asks the same again, never does."),
    (
        "loop-without-time",
        "A loop takes time or a person",
        "Steps that happen by themselves would go round without end.",
    ),
    ("join-impossible", "A join can be met", "Four of three branches never finish."),
    (
        "parallel-without-joined",
        "A stage that waits for others says what then",
        "When the branches or sub-items are done, the step `joined` leads on.",
    ),
    (
        "joined-misplaced",
        "`joined` stands where something is joined",
        "It happens by itself when branches or sub-items are done.",
    ),
    (
        "engine-step",
        "What happens by itself is nobody's step",
        "`joined` is made by the engine, so nobody may be named for it and nothing asked of them.",
    ),
    (
        "milestone-impossible",
        "A milestone can be open at the same time",
        "`only_while` a stage that is never open together with this one would never allow the step.",
    ),
    (
        "cancel-impossible",
        "A step withdraws branches that can be open",
        "Only a branch that is open at the same time can be withdrawn.",
    ),
    (
        "opens-itself",
        "A workflow does not open itself without end",
        "Each item would open the next before anybody acts.",
    ),
    (
        "opening-about",
        "The clock opens items about what the workflow says",
        "Each is opened for one organisation of a kind and for one period; about anything else it could not be opened.",
    ),
    ("sub-item-field", "A sub-item's field exists in its workflow", "What is handed down has to have a place there."),
    (
        "sub-item-about",
        "A sub-item is about what its parent is about, or about an entry of a list",
        "Its period is its parent's; so is its organisation, unless `into: subject` takes that from a list.",
    ),
)

TIME = _errors(
    (
        "time-rule",
        "A time can be read",
        "Times are said in one small grammar: amount, kind of day, before or after, anchor.",
    ),
    ("time-of-day", "A time of day exists", "A day has 24 hours."),
    ("anchor-not-date", "Days are counted from a date", "Only a field of type `date` says a day."),
    (
        "anchor-without-meeting",
        "`meeting` means a meeting",
        "Outside a stage that waits for a meeting the body has to be named.",
    ),
    ("anchor-without-period", "A period's end needs a period", "Without `period` an item is about no period."),
    (
        "anchor-not-here",
        "A time depends on something that can have happened",
        "`due` needs a due rule; an opening depends on the calendar and its period, not on an item.",
    ),
    ("body-without-papers", "A body that is asked for papers says when", "`papers` counts by that body's own rule."),
    ("body-without-series", "A body that is waited for meets", "Without a meeting series there is no next meeting."),
    ("due-on-itself", "A due date does not depend on itself", "`due` cannot be counted from `due`."),
    (
        "due-on-own-step",
        "A due date does not depend on the end of its own stage",
        "Counted from a step that leads out of the stage, it is known only when nothing is due there any more.",
    ),
    (
        "window-reversed",
        "A step can be made at some time",
        "Where `not_after` comes before `not_before`, there is no day on which it is allowed.",
    ),
    ("late-without-due", "What counts from `due` needs a due rule", "Without one nothing is ever due."),
)

PEOPLE = _errors(
    (
        "no-one-acts",
        "Somebody may make each step",
        "A step without `by`, in a stage without an owner, can never be made.",
    ),
    (
        "same-person",
        "Four eyes are not the same two",
        "If only the person who did a step may, and that person may not, nobody may.",
    ),
    (
        "own-role-without-subject",
        "Who acts for an organisation has one to act for",
        "A role with `scope: own organisation` reaches items about that organisation, and never one about none.",
    ),
    (
        "hidden-from-doer",
        "Nobody has to fill in, or to know, what is not disclosed to them",
        "Who may do a step is told what it needs and why it cannot be done; both would tell what is kept from them.",
    ),
    (
        "never-disclosed",
        "What is to be disclosed is disclosed some day",
        "A stage to which no item comes once the field is recorded keeps it hidden for ever; `never` says so.",
    ),
    (
        "told-anyway",
        "What is not disclosed is not told in another way",
        "A date that counts from it, a sub-item that takes it over or the public page would give it away.",
    ),
    (
        "clock-is-nobody",
        "Whoever did a step was a person",
        "The clock takes on no work; what is for it alone would rest for ever.",
    ),
)

GOVERNANCE = _errors(
    ("reports-to-circle", "Reporting leads upwards", "A report that comes back to where it began reaches nobody."),
    ("successor-circle", "Successors lead forwards", "An organisation cannot follow itself."),
    (
        "reviewed-twice",
        "One group of a kind reviews an organisation",
        "`cqrg for subject` has to mean one group on each day; which of two, nobody could tell.",
    ),
    ("dates-reversed", "From comes before to", "Nothing ends before it begins."),
    ("names-overlap", "On each day there is one name", "An old record is read under the name of its day."),
    ("impossible-date", "A date exists", "There is no 30 February."),
    ("series-rule", "A meeting series can be worked out", "Every date that depends on a meeting depends on this."),
    (
        "calendar-form",
        "A calendar makes sense",
        "A day cannot be both closed and open, and some day of the week has to be worked.",
    ),
    ("time-zone", "A time zone exists", "Closing time is a local time."),
    ("covers-phrase", "Cover has a first and a last day", "Standing in for somebody is limited in time."),
)

WARNINGS = _warnings(
    (
        "remark-in-text",
        "No text is cut short by a remark",
        '`#` after a space begins a remark in YAML, and "Audit of #NOF" would be called "Audit of".',
    ),
    (
        "wrong-side",
        "Reminders come before, escalations after",
        "A reminder after the due date and an escalation before it are usually slips.",
    ),
    (
        "ladder-order",
        "An escalation ladder climbs in order of time",
        "Only the highest that has come is told: a lower one at the same time never is, a later one comes too late.",
    ),
    (
        "due-out-of-order",
        "A stage is due after the one that leads to it",
        "Counted from the same day, one that is due before it is late as soon as it is entered in time.",
    ),
    (
        "nobody-may-act",
        "Somebody holds each role",
        "The governance file lists people and none holds the role, or none where the clock opens an item.",
    ),
    (
        "asked-of-nobody",
        "Somebody is asked for each field",
        "What the clock opens comes without values, and people fill in what a step needs or asks of them.",
    ),
    (
        "perhaps-nobody",
        "A stage has somebody however it was reached",
        "When the clock did the step, there is no person whom `whoever did` it could mean.",
    ),
    (
        "not-reviewed",
        "Every organisation has its group",
        "Where `cqrg for subject` means nobody, an item waits for a meeting that is never held.",
    ),
    (
        "clock-needs",
        "The clock can do what it is to do",
        "Time cannot fill in a field or give a reason; the step would wait for a person.",
    ),
    (
        "effect-without-carrier",
        "An effect can be carried out",
        "This version delivers mail only; others are recorded and wait.",
    ),
    (
        "collects-later",
        "What is collected can be reported",
        "This version records the rule; the reports come with a later one.",
    ),
)

GROUPS: Mapping[str, tuple[Rule, ...]] = {
    "Files and folders": FILES,
    "Characters and YAML": TEXT,
    "Keys and values": SHAPE,
    "Short phrases": PHRASES,
    "Conditions": GUARDS,
    "Names of other things": REFERENCES,
    "How items travel": FLOW,
    "Times": TIME,
    "Who may act": PEOPLE,
    "The governance file": GOVERNANCE,
    "Warnings": WARNINGS,
}
"""The rules in the order of the manual."""

RULES: Mapping[str, Rule] = {rule.id: rule for group in GROUPS.values() for rule in group}
"""Every rule by its id."""
