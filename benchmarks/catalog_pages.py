"""Requests per second of ``/katalog`` beside a naive page, a bare one, datasette and a Flask "hello".

    python benchmarks/catalog_pages.py            60 000 services, 3 rounds
    python benchmarks/catalog_pages.py --quick    6 000 services, 1 short round

Each server: one worker (gunicorn, gthread with 4 threads; datasette brings its own), 16 connections, SQLite. Every
request of "filters" asks for another combination of type, ORP, group and page, so that no cache of pages answers. The
servers take turns in each round, and the figure of a server is the median of its rounds. ``wrk`` does the asking when
it is there, else a client in this file.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.catalog_world import ORP_CODES, catalogue_app  # noqa: E402 - the repository has to be on the path first
from portal.catalog.types import service_types  # noqa: E402 - as above

CONNECTIONS = 16
GUNICORN = ("--workers", "1", "--worker-class", "gthread", "--threads", "4", "--log-level", "warning")


@dataclass
class Server:
    """A server under test and its process."""

    command: list[str]
    port: int
    process: psutil.Process | None = None

    def cpu_seconds(self) -> float:
        assert self.process is not None
        family = [self.process, *self.process.children(recursive=True)]
        return sum(sum(member.cpu_times()[:2]) for member in family)


@dataclass
class Case:
    """What is asked of a server: these paths in this order, again and again."""

    name: str
    server: Server
    paths: list[str]
    ask_304: bool = False
    etag: str = ""
    rates: list[float] = field(default_factory=list)
    cpu_rates: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests per second, the median of the rounds."""
        return median(self.rates)

    @property
    def cpu_rate(self) -> float:
        """Requests per second of processor time of the server: what others do on the machine shows less in it."""
        return median(self.cpu_rates)

    @property
    def headers(self) -> dict[str, str]:
        return {"If-None-Match": self.etag} if self.ask_304 else {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def filter_queries(count: int) -> list[str]:
    """Different addresses: each type in each ORP, several pages, with and without a target group."""
    combinations = itertools.product(service_types(), ORP_CODES.values(), (1, 2, 3))
    queries = [f"druh={kind}&orp={orp}" + (f"&strana={page}" if page > 1 else "") for kind, orp, page in combinations]
    random.Random(7).shuffle(queries)
    return queries[:count]


def cases(folder: Path) -> list[Case]:
    queries = filter_queries(1_200)
    kinds = [f"/katalog?druh={kind}&strana={page}" for kind, page in itertools.product(service_types(), (1, 2, 3))]
    grouped = [f"/katalog?{query}&skupina={group}" for group in range(12) for query in queries]
    random.Random(8).shuffle(grouped)

    def flask(application: str) -> Server:
        port = free_port()
        return Server([sys.executable, "-m", "gunicorn", *GUNICORN, "--bind", f"127.0.0.1:{port}", application], port)

    portal, port = flask("portal.wsgi:app"), free_port()
    datasette = [
        "datasette",
        "serve",
        str(folder / "portal.db"),
        "--port",
        str(port),
        "--setting",
        "suggest_facets",
        "off",
    ]
    tables = [f"/portal/services?type_code={kind}&ended_on__isnull=1&_size=20" for kind in service_types()]
    return [
        Case("portal, filters", portal, grouped),
        Case("portal, unchanged page", portal, ["/katalog?druh=49"]),
        Case("portal, 304", portal, ["/katalog?druh=49"], ask_304=True),
        Case("naive page", flask("benchmarks.catalog_peers:naive"), kinds),
        Case("bare page", flask("benchmarks.catalog_peers:bare"), kinds),
        Case("datasette", Server([sys.executable, "-m", *datasette], port), tables),
        Case("hello", flask("benchmarks.catalog_peers:hello"), ["/katalog"]),
    ]


@contextlib.contextmanager
def running(all_cases: list[Case], folder: Path) -> Iterator[None]:
    """Start each server once, let each answer once; stop them all at the end."""
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PORTAL_ENV": "production",
        "PORTAL_SECRET_KEY": secrets.token_hex(32),
        "PORTAL_INSTANCE": str(folder),
        "BENCH_DATABASE": f"sqlite:///{folder / 'portal.db'}",
    }
    started: list[subprocess.Popen[bytes]] = []
    try:
        for case in all_cases:
            if case.server.process is None:
                process = subprocess.Popen(
                    case.server.command, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True
                )
                started.append(process)
                case.server.process = psutil.Process(process.pid)
        for case in all_cases:
            case.etag = wait_for(case)
        yield
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGTERM)
        for process in started:
            process.wait(20)


def wait_for(case: Case) -> str:
    """The ETag of the case's first page, once its server answers."""
    for _attempt in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{case.server.port}{case.paths[0]}", timeout=120) as answer:
                return str(answer.headers["ETag"])
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{case.name}: {case.paths[0]} answers {error.code}") from error
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{case.name} did not start")


def measure(case: Case, seconds: float) -> float:
    """Requests answered per second; an answer that is not the expected one stops the benchmark."""
    if shutil.which("wrk"):
        return _wrk(case, seconds)
    return asyncio.run(_ask_all(case, seconds))


def _wrk(case: Case, seconds: float) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        listed = ",".join(f'"{path}"' for path in case.paths)
        script.write(
            f"local paths = {{{listed}}}\nlocal n = 0\n"
            + "".join(f"wrk.headers['{name}'] = '{value}'\n" for name, value in case.headers.items())
            + "request = function() n = n % #paths + 1 return wrk.format('GET', paths[n]) end\n"
        )
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{int(max(1, seconds))}s", "-s", script.name]
        output = subprocess.run(
            [*command, f"http://127.0.0.1:{case.server.port}"], check=True, capture_output=True, text=True
        ).stdout
    refused = "Non-2xx" in output and not case.ask_304
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+)", output)  # slow answers are no fault
    if refused or (broken and any(map(int, broken.groups()))):
        raise SystemExit(f"{case.name}:\n{output}")
    return float(output.split("Requests/sec:")[1].split()[0])


async def _ask_all(case: Case, seconds: float) -> float:
    paths, done = itertools.cycle(case.paths), 0
    begin = time.perf_counter()

    async def ask() -> None:
        nonlocal done
        reader, writer = await asyncio.open_connection("127.0.0.1", case.server.port)
        while time.perf_counter() - begin < seconds:
            more = "".join(f"{name}: {value}\r\n" for name, value in case.headers.items())
            writer.write(f"GET {next(paths)} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 304" if case.headers else b"HTTP/1.1 200"), head[:40]
            lengths = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line]
            if lengths and not case.headers:
                await reader.readexactly(lengths[0])
            done += 1
        writer.close()

    await asyncio.gather(*(ask() for _ in range(CONNECTIONS)))
    return done / (time.perf_counter() - begin)


def report(all_cases: list[Case]) -> None:
    print(f"\n{'server':26}{'requests/s':>12}{'per CPU s':>12}   rounds")
    for case in all_cases:
        rounds = " ".join(f"{value:.0f}" for value in case.rates)
        print(f"{case.name:26}{case.rate:12.0f}{case.cpu_rate:12.0f}   {rounds}")
    by_name = {case.name: case for case in all_cases}
    print(f"\n{'ratio':56}{'measured':>9}{'by CPU':>9}{'aim':>7}")
    for label, ours, theirs, aim in (
        ("filters / naive page (SQLAlchemy objects, url_for)", "portal, filters", "naive page", 2.0),
        ("filters / bare page (Core rows, tuned template)", "portal, filters", "bare page", 0.6),
        (f"filters / datasette {version('datasette')}", "portal, filters", "datasette", 6.0),
        (f"unchanged page / Flask {version('flask')} hello", "portal, unchanged page", "hello", 0.7),
        (f"unchanged page, 304 / Flask {version('flask')} hello", "portal, 304", "hello", 0.7),
    ):
        one, other = by_name[ours], by_name[theirs]
        ratio, by_cpu = one.rate / max(other.rate, 0.01), one.cpu_rate / max(other.cpu_rate, 0.01)
        print(f"{label:56}{ratio:9.2f}{by_cpu:9.2f}{aim:7.2f}  {'met' if ratio >= aim else 'missed'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a small catalogue and one short round")
    parser.add_argument("--services", type=int)
    arguments = parser.parse_args()
    services = arguments.services or (6_000 if arguments.quick else 60_000)
    rounds, seconds = (1, 1.0) if arguments.quick else (3, 6.0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalogue_app(folder, services)
        print(f"{services} services, 1 worker, {CONNECTIONS} connections, {rounds} rounds of {seconds:.0f} s")
        all_cases = cases(folder)
        with running(all_cases, folder):
            for _round in range(rounds):
                for case in all_cases:
                    measure(case, 1.0)  # warm
                    used = case.server.cpu_seconds()
                    rate = measure(case, seconds)
                    case.rates.append(rate)
                    case.cpu_rates.append(rate * seconds / max(case.server.cpu_seconds() - used, 0.01))
        report(all_cases)


if __name__ == "__main__":
    main()
