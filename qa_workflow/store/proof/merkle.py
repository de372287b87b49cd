"""One hash over many, as in RFC 6962: who keeps the root can tell later whether any leaf was changed or taken away."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


def leaf(stream: str, length: int, head: bytes) -> bytes:
    """The leaf that stands for a stream of this length whose last line has this hash."""
    return sha256(b"\0" + stream.encode() + b"\0" + length.to_bytes(8, "big") + head).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves in order; an odd one at the end of a level goes up as it is, which is RFC 6962's tree."""
    level = list(leaves)
    if not level:
        return sha256(b"").digest()
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [sha256(b"\1" + left + right).digest() for left, right in pairs]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]
