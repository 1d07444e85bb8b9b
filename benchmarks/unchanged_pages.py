"""Unchanged public pages beside a bare Flask "hello": requests per second over HTTP, one gunicorn worker each.

``python benchmarks/unchanged_pages.py [--quick]``

Pages: the home page and the catalogue (of an empty database: an unchanged page does not ask it), each from the cache
of the process and as 304 to a browser that still has it. Peer: ``@app.get("/") -> "hello"`` of the installed Flask
under the same gunicorn. 16 connections, rounds of both servers taken in turn, the median of the ratios is printed.
Aim: 0.7 of the peer.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 16
HELLO = """
from flask import Flask
app = Flask(__name__)
@app.get("/")
def hello():
    return "hello"
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def serve(application: str, folder: Path, environ: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--workers",
        "1",
        "--bind",
        f"127.0.0.1:{port}",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen([*command, application], cwd=folder, env={**os.environ, **environ})
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process, port
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{application} did not start") from None
            time.sleep(0.1)


def ask(port: int, path: str, headers: str = "") -> bytes:
    """One request on a connection of its own, as gunicorn's plain worker wants it."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Connection: close\r\n\r\n".encode())
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def rate(port: int, path: str, headers: str, seconds: float, expected: bytes) -> float:
    """Answers per second. Raises RuntimeError for an answer with another status."""
    done, wrong = [0] * CONNECTIONS, []
    end = time.perf_counter() + seconds

    def work(number: int) -> None:
        while time.perf_counter() < end:
            answer = ask(port, path, headers)
            if not answer.startswith(b"HTTP/1.1 " + expected):
                wrong.append(answer[:60])
                return
            done[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"{path}: {wrong[0]!r}")
    return sum(done) / (time.perf_counter() - started)


def etag_of(answer: bytes) -> str:
    head = answer.split(b"\r\n\r\n", 1)[0].decode("latin-1")
    return next(line.split(":", 1)[1].strip() for line in head.splitlines() if line.lower().startswith("etag:"))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    seconds, rounds = (0.7, 3) if quick else (2.0, 7)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "hello.py").write_text(HELLO)
        environ = {"PORTAL_INSTANCE": str(folder), "PYTHONPATH": str(ROOT)}
        subprocess.run(
            [sys.executable, "-m", "portal", "db", "upgrade"], cwd=ROOT, env={**os.environ, **environ}, check=True,
            capture_output=True,
        )  # fmt: skip
        servers = []
        try:
            peer, peer_port = serve("hello:app", folder, {})
            servers.append(peer)
            portal, port = serve("portal.wsgi:app", ROOT, environ)
            servers.append(portal)
            print(f"peer: Flask {version('flask')} hello, gunicorn {version('gunicorn')}, {CONNECTIONS} connections")
            for path in ("/", "/katalog"):
                etag = etag_of(ask(port, path))
                for label, headers, expected in (
                    ("from the cache", "", b"200"),
                    ("304", f"If-None-Match: {etag}\r\n", b"304"),
                ):
                    ratios, rates = [], []
                    for _ in range(rounds):
                        hello = rate(peer_port, "/", "", seconds, b"200")
                        rates.append(rate(port, path, headers, seconds, expected))
                        ratios.append(rates[-1] / hello)
                    middle = statistics.median(ratios)
                    print(f"{path:10} {label:15} {statistics.median(rates):7.0f}/s   {middle:.2f} of hello (aim 0.70)")
        finally:
            for server in servers:
                server.terminate()
                server.wait()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
