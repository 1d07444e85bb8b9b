"""The vault as its own process: a Unix socket that only named users may speak to."""

from __future__ import annotations

import errno
import logging
import os
import socket
import socketserver
import stat
import struct
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from portal.core.errors import Invalid, PortalError
from portal.core.messages import _m, message_as_dict
from portal.vault import wire
from portal.vault.types import CODE_BYTES, POINT_BYTES, InvalidDigests, InvalidPoint, LimitReached, Vault

log = logging.getLogger(__name__)

IDLE_S = 30.0
MAX_CONNECTIONS = 32
PEER = struct.Struct("3i")  # pid, uid, gid

Answer = tuple[wire.Head, bytes]


def answer_to(vault: Vault, head: wire.Head, body: bytes) -> Answer:
    """Do what one frame asks for. Raises PortalError, BrokenFrame."""
    provider = head.get("provider", "")
    if not isinstance(provider, str):
        raise wire.BrokenFrame
    actions: dict[str, Callable[[], Answer]] = {
        "evaluate": lambda: ({}, b"".join(vault.evaluate(provider, wire.split(body, POINT_BYTES)))),
        "register": lambda: ({}, wire.pack_registered(vault.register(provider, wire.unpack_people(head, body)))),
        "forget": lambda: _forget(vault, provider, body),
        "erased": lambda: ({}, bytes(vault.erased(wire.split(body, CODE_BYTES)))),
        "link": lambda: wire.pack_links(vault.link(*wire.unpack_refs(head, body))),
        "usage": lambda: (wire.pack_usage(vault.usage(_day(head.get("since")))), b""),
        "status": lambda: (wire.pack_status(vault.status()), b""),
    }
    action = actions.get(str(head.get("do")))
    if action is None:
        raise wire.BrokenFrame
    return action()


def _forget(vault: Vault, provider: str, code: bytes) -> Answer:
    vault.forget(provider, code)
    return {}, b""


def _day(written: object) -> date:
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise wire.BrokenFrame from None


class Handler(socketserver.BaseRequestHandler):
    """All frames of one connection."""

    server: VaultServer

    def handle(self) -> None:
        line: socket.socket = self.request
        line.settimeout(IDLE_S)
        if not self.server.may_speak(line):
            return
        with suppress(OSError, wire.BrokenFrame):
            while (frame := wire.read_frame(line)) is not None:
                wire.send_frame(line, *self._answer(*frame), longest=wire.MAX_ANSWER_BYTES)

    def _answer(self, head: wire.Head, body: bytes) -> Answer:
        try:
            return answer_to(self.server.vault, head, body)
        except PortalError as error:
            return _told(error), b""
        except wire.BrokenFrame:
            raise
        except Exception as error:
            # Neither its words nor its trace: both may quote what came.
            log.error("the vault failed: %s", type(error).__name__)
            return {"error": "VaultUnavailable", "message": message_as_dict(_failed())}, b""


def _failed() -> Any:
    return _m("The vault of codes cannot be used now. Try again later.")


def _told(error: PortalError) -> wire.Head:
    kinds = (InvalidPoint, InvalidDigests, LimitReached, Invalid)
    kind = next((kind.__name__ for kind in kinds if isinstance(error, kind)), "VaultUnavailable")
    position = {"position": error.position} if isinstance(error, InvalidPoint | InvalidDigests) else {}
    wait = {"retry_after_s": error.retry_after_s} if isinstance(error, LimitReached) else {}
    return {"error": kind, "message": message_as_dict(error.message), **position, **wait}


class VaultServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Serves a vault at a socket file of mode 0660, or 0600 without a group."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path, vault: Vault, *, users: Collection[int] = (), group: int | None = None) -> None:
        """``users``: ids of users besides this one that may speak. Raises Invalid when the place is taken."""
        self.vault = vault
        self._users = {os.geteuid(), *users}
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        _clear(path)
        before = os.umask(0o177)
        try:
            super().__init__(str(path), Handler)
        finally:
            os.umask(before)
        if group is not None:
            os.chown(path, -1, group)
            path.chmod(0o660)

    def may_speak(self, line: socket.socket) -> bool:
        """Whether the process at the other end runs under an allowed user; the kernel says which."""
        _pid, user, _gid = PEER.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size))
        if user not in self._users:
            log.warning("the vault refused a process of user %d", user)
        return user in self._users

    def process_request(self, request: Any, client_address: Any) -> None:
        self._places.acquire()  # more callers wait in the queue of the socket
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.error("a connection to the vault failed")

    def server_close(self) -> None:
        super().server_close()
        Path(str(self.server_address)).unlink(missing_ok=True)


def _clear(path: Path) -> None:
    """Remove the socket of a server that is gone. Raises Invalid for one that lives and for another kind of file."""
    if not path.exists():
        return
    if not stat.S_ISSOCK(path.lstat().st_mode):
        raise Invalid(_m("%(path)s is there already and is no socket.", path=path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        if probe.connect_ex(str(path)) not in (errno.ECONNREFUSED, errno.ENOENT):
            raise Invalid(_m("A vault already answers at %(path)s.", path=path))
    path.unlink(missing_ok=True)
