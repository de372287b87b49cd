"""Where the dice of random tests begin: anew each time, and always the same where a change is judged."""

import os
from random import SystemRandom


def seed() -> int:
    """A seed, printed so that a failure can be repeated: `QA_SEED=12 python3 dev.py test …`. With `CI` set it is 1."""
    given = os.environ.get("QA_SEED") or ("1" if "CI" in os.environ else None)
    found = int(given) if given else SystemRandom().randrange(10**9)
    print(f"seed {found}")  # noqa: T201
    return found
