"""The vault behind a Unix socket, as the portal sees it."""

from __future__ import annotations

import logging
import socket
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from portal.core.errors import Invalid
from portal.core.messages import _m, message_from_dict
from portal.vault import wire
from portal.vault.registering import check_digests
from portal.vault.types import (
    CODE_BYTES,
    POINT_BYTES,
    Digests,
    InvalidDigests,
    InvalidPoint,
    LimitReached,
    LinkedPersons,
    RefPair,
    Registered,
    Status,
    Usage,
    VaultUnavailable,
)

log = logging.getLogger(__name__)

CONNECT_S = 3.0
ANSWER_S = 60.0  # the longest batch on a loaded machine
LINKING_S = 3600.0


class SocketVault:
    """One connection for each call: opening one takes microseconds, and a restarted vault is found by itself."""

    def __init__(self, path: Path, *, answer_s: float = ANSWER_S) -> None:
        self._path = path
        self._answer_s = answer_s

    def evaluate(self, provider: str, points: Sequence[bytes]) -> list[bytes]:
        for position, point in enumerate(points):
            if not isinstance(point, bytes) or len(point) != POINT_BYTES:
                raise InvalidPoint(position)
        _, body = self._ask({"do": "evaluate", "provider": provider}, b"".join(points))
        return wire.split(body, POINT_BYTES)

    def register(self, provider: str, people: Sequence[Digests]) -> list[Registered]:
        check_digests(people)
        head, body = wire.pack_people(people)
        _, answer = self._ask({"do": "register", "provider": provider, **head}, body)
        return wire.unpack_registered(answer)

    def forget(self, provider: str, code: bytes) -> None:
        if len(code) == CODE_BYTES:
            self._ask({"do": "forget", "provider": provider}, code)

    def erased(self, codes: Sequence[bytes]) -> list[bool]:
        if any(len(code) != CODE_BYTES for code in codes):
            raise Invalid(_m("A code of a person has 16 bytes."))
        _, answer = self._ask({"do": "erased"}, b"".join(codes))
        return [byte == 1 for byte in answer]

    def link(self, same: Sequence[RefPair], different: Sequence[RefPair]) -> LinkedPersons:
        head, body = wire.pack_refs(same, different)
        return wire.unpack_links(*self._ask({"do": "link", **head}, body, answer_s=LINKING_S))

    def usage(self, since: date) -> list[Usage]:
        head, _ = self._ask({"do": "usage", "since": since.isoformat()})
        return wire.unpack_usage(head)

    def status(self) -> Status:
        head, _ = self._ask({"do": "status"})
        return wire.unpack_status(head)

    def _ask(self, head: wire.Head, body: bytes = b"", *, answer_s: float | None = None) -> tuple[wire.Head, bytes]:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(CONNECT_S)
                line.connect(str(self._path))
                line.settimeout(answer_s or self._answer_s)
                wire.send_frame(line, head, body)
                answer = wire.read_frame(line, longest=wire.MAX_ANSWER_BYTES)
        except (OSError, wire.BrokenFrame) as error:
            log.error("the vault at %s does not answer: %s", self._path, type(error).__name__)
            raise _no_answer() from None
        if answer is None:
            log.error("the vault at %s closed the line", self._path)
            raise _no_answer()
        if "error" in answer[0]:
            raise _error(answer[0])
        return answer


def _no_answer() -> VaultUnavailable:
    return VaultUnavailable(_m("The vault of codes does not answer. Nothing was stored; try again later."))


def _error(head: dict[str, Any]) -> Exception:
    match head["error"]:
        case "InvalidPoint":
            return InvalidPoint(head["position"])
        case "InvalidDigests":
            return InvalidDigests(head["position"])
        case "LimitReached":
            return LimitReached(message_from_dict(head["message"]), head["retry_after_s"])
        case "Invalid":
            return Invalid(message_from_dict(head["message"]))
    return VaultUnavailable(message_from_dict(head["message"]))
