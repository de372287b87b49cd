"""One hash over many, as in RFC 6962: who keeps the root can tell later whether any leaf was changed or taken away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
        level = _above(level)
    return level[0]


def path(leaves: Iterable[bytes], index: int) -> Iterator[tuple[str, bytes]]:
    """What one leaf is joined with on its way up to the root: at each level the side on which it stands, and its hash.

    With it and the leaf anybody can work out the root, without any other leaf (RFC 6962's audit path).
    """
    level = list(leaves)
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):  # an odd one at the end has nothing beside it
            yield ("left" if beside < index else "right"), level[beside]
        level, index = _above(level), index // 2


def _above(level: Sequence[bytes]) -> list[bytes]:
    pairs = zip(level[::2], level[1::2], strict=False)
    above = [sha256(b"\1" + left + right).digest() for left, right in pairs]
    return [*above, level[-1]] if len(level) % 2 else above
