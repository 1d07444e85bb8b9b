"""The vault behind a socket answers as the one in the process, to those who may ask."""

from __future__ import annotations

import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pytest

from portal.core.config import load_settings
from portal.core.errors import Invalid
from portal.core.ristretto import group
from portal.vault import wire
from portal.vault.client import SocketVault
from portal.vault.server import VaultServer
from portal.vault.service import LocalVault, create_vault, open_vault
from portal.vault.types import InvalidDigests, InvalidPoint, LimitReached, VaultUnavailable
from tests.conftest import test_settings
from tests.factories.vault import fresh_vault, person

NOBODY = 65534


@contextmanager
def served(vault, path: Path, **options) -> Iterator[VaultServer]:
    server = VaultServer(path, vault, **options)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> Iterator[LocalVault]:
    with fresh_vault(tmp_path_factory.mktemp("vault"), daily_points=5000, minute_points=5000) as vault:
        yield vault


@pytest.fixture(scope="module")
def path(local: LocalVault, tmp_path_factory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("socket") / "vault.sock"
    with served(local, path):
        yield path


def test_it_gives_the_answers_of_the_vault_in_the_process(local, path):
    remote = SocketVault(path)
    points = [group.crypto_core_ristretto255_random() for _ in range(50)]
    assert remote.evaluate("A", points) == local.evaluate("A", points)
    people = [person("Jana"), person("Li", has_birth_number=False, kinds=9)]
    codes = remote.register("A", people)
    assert codes == local.register("A", people)
    assert remote.register("A", []) == []
    remote.forget("A", codes[0].code)
    asked = [one.code for one in codes]
    assert remote.erased(asked) == local.erased(asked) == [True, False]
    assert remote.status() == local.status()
    other = person("Jana", has_birth_number=False)
    [alone] = remote.register("B", [other])
    [jana] = remote.register("B", [person("Jana")])
    for decided in ([], [(alone.person_ref, jana.person_ref)]):
        assert remote.link([], decided) == local.link([], decided)
    assert remote.usage(date(2026, 1, 1)) == local.usage(date(2026, 1, 1)) != []


def test_its_refusals_are_those_of_the_vault_in_the_process(path):
    remote = SocketVault(path)
    point = group.crypto_core_ristretto255_random()
    for wrong in (bytes(32), b"short"):
        with pytest.raises(InvalidPoint) as caught:
            remote.evaluate("B", [point, wrong])
        assert caught.value.position == 1
    with pytest.raises(InvalidDigests):
        remote.register("B", [person("Jana"), (b"short",)])
    with pytest.raises(Invalid):
        remote.evaluate("", [point])
    with pytest.raises(LimitReached, match="limit") as refused:
        remote.evaluate("B", [point] * 5001)
    assert refused.value.retry_after_s > 0


def test_many_ask_at_once(path):
    remote, found = SocketVault(path), []

    def ask(number: int) -> None:
        found.append(remote.register("C", [person("Jana"), person(str(number % 3))]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({jana.code for jana, _ in found}) == 1
    assert len({other.code for _, other in found}) == 3


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack(">II", 2**31, 0),
        struct.pack(">II", 2, 2**31),
        struct.pack(">II", 4, 0) + b"nonsense"[:4],
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 2, 0) + b"{}",
        struct.pack(">II", 17, 1) + b'{"do":"evaluate"}x',
        struct.pack(">II", 15, 0) + b'{"do":"usage" }',
        struct.pack(">II", 17, 0) + b'{"do":"register"}',
        struct.pack(">II", 30, 0) + b'{"do":"register","shapes":"1"}',
        struct.pack(">II", 34, 0) + b'{"do":"register","shapes":["1","0"]}'[:34],
    ],
)
def test_what_is_no_frame_ends_the_line_and_nothing_else(path, sent):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(5)
        line.connect(str(path))
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):  # closed with bytes still unread
            assert line.recv(1000) == b""
    assert SocketVault(path).status().keys == 1


def test_only_its_own_user_may_open_the_socket(local, path, tmp_path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with served(local, tmp_path / "shared.sock", group=os.getegid()):
        assert stat.S_IMODE((tmp_path / "shared.sock").stat().st_mode) == 0o660


def test_a_process_of_another_user_is_not_answered(local, tmp_path, caplog):
    with served(local, tmp_path / "v.sock") as server:
        server._users = {os.geteuid() + 1}
        with pytest.raises(VaultUnavailable, match="does not answer"):
            SocketVault(tmp_path / "v.sock").status()
        server._users.add(os.geteuid())
        assert SocketVault(tmp_path / "v.sock").status()
    assert f"refused a process of user {os.geteuid()}" in caplog.text


ASK = """
import socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
    line.settimeout(10)
    try:
        line.connect(sys.argv[1])
        line.sendall(bytes([0, 0, 0, 15, 0, 0, 0, 0]) + b'{"do":"status"}')
        print("answered" if line.recv(1000) else "closed")
    except PermissionError:
        print("not opened")
    except ConnectionError:  # closed with bytes still unread
        print("closed")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can ask as another user")
@pytest.mark.parametrize(
    ("group", "users", "outcome"),
    [(None, [NOBODY], "not opened"), (NOBODY, [], "closed"), (NOBODY, [NOBODY], "answered")],
)
def test_another_user_needs_the_group_of_the_socket_and_a_name_among_those_allowed(local, group, users, outcome):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # pytest's own is closed to others
        Path(folder).chmod(0o755)
        place = Path(folder) / "v.sock"
        with served(local, place, group=group, users=users):
            asked = subprocess.run(
                ["/usr/bin/env", "python3", "-c", ASK, str(place)],
                user=NOBODY,
                group=NOBODY,
                extra_groups=[],
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
            )
    assert asked.stdout.strip() == outcome, asked.stderr


def test_a_vault_that_is_down_or_hangs_is_told_in_a_sentence(tmp_path):
    with pytest.raises(VaultUnavailable, match="does not answer"):
        SocketVault(tmp_path / "none.sock").register("A", [person("Jana")])
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        deaf.listen()
        with pytest.raises(VaultUnavailable, match="does not answer"):
            SocketVault(tmp_path / "deaf.sock", answer_s=0.05).status()


def test_a_failure_inside_is_told_without_its_words(tmp_path, caplog):
    class Failing:
        def status(self):
            raise RuntimeError("secret words")

    with served(Failing(), tmp_path / "v.sock"), pytest.raises(VaultUnavailable):
        SocketVault(tmp_path / "v.sock").status()
    assert "RuntimeError" in caplog.text
    assert "secret words" not in caplog.text


def test_a_socket_left_behind_is_taken_over_and_a_living_one_is_not(local, tmp_path):
    path = tmp_path / "v.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as gone:
        gone.bind(str(path))
    with served(local, path), pytest.raises(Invalid, match="already answers"):
        VaultServer(path, local)
    assert not path.exists()
    path.write_text("a file")
    with pytest.raises(Invalid, match="no socket"):
        VaultServer(path, local)


def test_frames_longer_than_allowed_are_not_sent(monkeypatch):
    monkeypatch.setattr(wire, "MAX_BODY_BYTES", 10)
    here, there = socket.socketpair()
    with here, there, pytest.raises(wire.BrokenFrame):
        wire.send_frame(here, {}, b"x" * 11)


def test_the_command_serves_without_the_portals_database_and_stops_when_told(tmp_path):
    place = tmp_path / "v.sock"
    environment = {
        "PATH": os.environ["PATH"],
        "PORTAL_INSTANCE": str(tmp_path / "of-the-vault"),
        "PORTAL_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }
    create_vault(load_settings(environment).vault)
    command = [sys.executable, "-m", "portal", "vault", "serve", "--socket", str(place)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as server:
        try:
            until = time.monotonic() + 60
            while not place.exists() and time.monotonic() < until:
                time.sleep(0.1)
            vault = open_vault(test_settings("sqlite://", tmp_path, PORTAL_VAULT_SOCKET=str(place)))
            assert vault.register("A", [person("Jana")])[0].is_certain
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    assert not place.exists()
    assert not (tmp_path / "vault").exists()
