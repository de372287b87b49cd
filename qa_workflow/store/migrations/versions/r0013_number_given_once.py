"""Nothing changes: what is 0012 now was 0013 for a while, and databases of that while have that number.

They have these very tables. Were the number not taken here, they would be newer than this program, or, once another
revision had it, be believed to have what that brings. A number that was given out is never given to anything else.
"""

from __future__ import annotations

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables are as they should be."""
