"""The methodical text as the kraj writes it, in parts that a page can show: paragraphs, lists, links. Pure.

Nothing of the text is ever markup; a template escapes each part. Only addresses of http and https become links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

_LINK = re.compile(r"https?://[^\s<>\"„“”]+", re.IGNORECASE)
_ITEM = re.compile(r"^\s*[-–•]\s+(?=\S)")
_AFTER_A_LINK = ".,;:!?)"  # belongs to the sentence


@dataclass(frozen=True)
class Piece:
    """A part of a line; ``href`` where it is a link."""

    text: str
    href: str | None = None


@dataclass(frozen=True)
class Block:
    """A paragraph with its lines, or a list with its items."""

    is_list: bool
    lines: tuple[tuple[Piece, ...], ...]


def blocks_of(text: str) -> list[Block]:
    """Paragraphs parted by empty lines; lines that begin with a dash and a space are a list, right after others too."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    found = []
    for kind, group in groupby(lines, key=lambda line: None if not line else bool(_ITEM.match(line))):
        if kind is not None:
            found.append(Block(kind, tuple(tuple(_pieces(_ITEM.sub("", line) if kind else line)) for line in group)))
    return found


def _pieces(line: str) -> Iterator[Piece]:
    at = 0
    for link in _LINK.finditer(line):
        address = link.group().rstrip(_AFTER_A_LINK)
        if link.start() > at:
            yield Piece(line[at : link.start()])
        yield Piece(address, address)
        at = link.start() + len(address)
    if at < len(line):
        yield Piece(line[at:])
