"""For tests of one's own workflows: a clock that the test moves, a box that catches messages, an engine in a folder.

engine = engine_in(tmp_path, "workflows", FakeClock("2027-04-01T09:00"))
"""

from qa_workflow.testing.building import engine_in
from qa_workflow.testing.doubles import FakeClock, Postbox

__all__ = ["FakeClock", "Postbox", "engine_in"]
