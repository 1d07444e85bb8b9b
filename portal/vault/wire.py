"""What goes over the vault's socket: frames of a JSON head and a body of bytes, and what they mean.

A frame is two lengths of 4 bytes (big-endian), then head and body. Both ends refuse longer ones than here allowed.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from portal.vault.types import (
    CODE_BYTES,
    DIGEST_BYTES,
    REF_BYTES,
    Digests,
    LinkedPersons,
    PersonGroup,
    PersonPair,
    RefPair,
    Registered,
    Status,
    Usage,
)

MAX_HEAD_BYTES = 2 * 1024 * 1024
MAX_BODY_BYTES = 32 * 1024 * 1024  # of a question
MAX_ANSWER_BYTES = 512 * 1024 * 1024  # of linking: some 100 bytes for each pair
LENGTHS = struct.Struct(">II")
PAIR = struct.Struct(">16s16sQdd10s")
GROUP = struct.Struct(">16s16s16s")
REGISTERED_BYTES = CODE_BYTES + REF_BYTES + 1

Head = dict[str, Any]


class BrokenFrame(Exception):
    """What came is no frame, or longer than allowed."""


def send_frame(line: socket.socket, head: Head, body: bytes = b"", *, longest: int | None = None) -> None:
    """Send one frame. Raises OSError, BrokenFrame."""
    longest = MAX_BODY_BYTES if longest is None else longest
    packed = json.dumps(head, separators=(",", ":")).encode()
    if len(packed) > MAX_HEAD_BYTES or len(body) > longest:
        raise BrokenFrame
    line.sendall(LENGTHS.pack(len(packed), len(body)) + packed + body)


def read_frame(line: socket.socket, *, longest: int = MAX_BODY_BYTES) -> tuple[Head, bytes] | None:
    """The next frame, None when the other end has closed. Raises OSError, BrokenFrame."""
    lengths = _read(line, LENGTHS.size, may_end=True)
    if lengths is None:
        return None
    head_bytes, body_bytes = LENGTHS.unpack(lengths)
    if head_bytes > MAX_HEAD_BYTES or body_bytes > longest:
        raise BrokenFrame
    packed, body = _read(line, head_bytes), _read(line, body_bytes)
    try:
        head = json.loads(packed or b"")
    except (ValueError, RecursionError):
        raise BrokenFrame from None
    if not isinstance(head, dict):
        raise BrokenFrame
    return head, body or b""


def _read(line: socket.socket, amount: int, *, may_end: bool = False) -> bytes | None:
    parts = bytearray()
    while len(parts) < amount:
        part = line.recv(min(amount - len(parts), 1 << 20))
        if not part:
            if may_end and not parts:
                return None
            raise BrokenFrame
        parts += part
    return bytes(parts)


def split(body: bytes, size: int) -> list[bytes]:
    """Pieces of one size. Raises BrokenFrame when the last is not whole."""
    if len(body) % size:
        raise BrokenFrame
    return [body[at : at + size] for at in range(0, len(body), size)]


def pack_people(people: Sequence[Digests]) -> tuple[Head, bytes]:
    """Which kinds each person has, and the digests that are there, one behind the other."""
    present = [[int(digest is not None) for digest in person] for person in people]
    shapes = ["".join(map(str, person)) for person in present]
    return {"shapes": shapes}, b"".join(digest for person in people for digest in person if digest is not None)


def unpack_people(head: Head, body: bytes) -> list[Digests]:
    """Reads what ``pack_people`` made. Raises BrokenFrame."""
    digests = iter(split(body, DIGEST_BYTES))
    shapes = head.get("shapes")
    if not isinstance(shapes, list) or not all(isinstance(shape, str) and set(shape) <= {"0", "1"} for shape in shapes):
        raise BrokenFrame
    try:
        people = [tuple(next(digests) if bit == "1" else None for bit in shape) for shape in shapes]
    except RuntimeError:  # a StopIteration inside the generator
        raise BrokenFrame from None
    if next(digests, None) is not None:
        raise BrokenFrame
    return people


def pack_registered(people: Sequence[Registered]) -> bytes:
    return b"".join(one.code + one.person_ref + bytes([one.is_certain]) for one in people)


def unpack_registered(body: bytes) -> list[Registered]:
    return [Registered(part[:CODE_BYTES], part[CODE_BYTES:-1], part[-1] == 1) for part in split(body, REGISTERED_BYTES)]


def pack_refs(same: Sequence[RefPair], different: Sequence[RefPair]) -> tuple[Head, bytes]:
    return {"same": len(same)}, b"".join(a + b for a, b in (*same, *different))


def unpack_refs(head: Head, body: bytes) -> tuple[list[RefPair], list[RefPair]]:
    """Raises BrokenFrame."""
    pairs = [(part[:REF_BYTES], part[REF_BYTES:]) for part in split(body, 2 * REF_BYTES)]
    amount = head.get("same")
    if not isinstance(amount, int) or not 0 <= amount <= len(pairs):
        raise BrokenFrame
    return pairs[:amount], pairs[amount:]


def pack_links(links: LinkedPersons) -> tuple[Head, bytes]:
    pairs = (PAIR.pack(p.a, p.b, p.agreeing, p.weight, p.probability, p.decision.encode()) for p in links.pairs)
    groups = (GROUP.pack(one.ref, one.sure, one.probable) for one in links.groups)
    head = {name: getattr(links, name) for name in ("persons", "records", "compared", "left_out")}
    return {**head, "pairs": len(links.pairs)}, b"".join((*pairs, *groups))


def unpack_links(head: Head, body: bytes) -> LinkedPersons:
    middle = head.pop("pairs") * PAIR.size
    pairs = [
        PersonPair(a, b, agreeing, weight, probability, decision.rstrip(b"\0").decode())
        for a, b, agreeing, weight, probability, decision in PAIR.iter_unpack(body[:middle])
    ]
    groups = [PersonGroup(*row) for row in GROUP.iter_unpack(body[middle:])]
    return LinkedPersons(pairs=pairs, groups=groups, **head)


def pack_usage(usage: Sequence[Usage]) -> Head:
    return {"usage": [{**asdict(one), "day": one.day.isoformat()} for one in usage]}


def unpack_usage(head: Head) -> list[Usage]:
    return [Usage(**{**one, "day": date.fromisoformat(one["day"])}) for one in head["usage"]]


def pack_status(status: Status) -> Head:
    return {"status": asdict(status)}


def unpack_status(head: Head) -> Status:
    return Status(**head["status"])
