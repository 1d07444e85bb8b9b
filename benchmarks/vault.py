"""The vault of codes: evaluation beside bare rbcl, registration, rotation and loading from 10 000 to 1 million persons.

``python benchmarks/vault.py [--quick]``

Evaluation: points of the group multiplied by a secret, in rounds that alternate between rbcl called in a loop, the
vault in this process (every batch is checked and counted in its database) and the vault behind its socket. Aim: half
of rbcl.
Registration: lists of 20 000 new persons of twelve digests each, then single persons in the vault that has grown.
Growth: the exponent of the whole time between the smallest and the largest number; 1 is linear.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.core.config import load_settings  # noqa: E402  # the repository has to be on the path first
from portal.core.ristretto import group  # noqa: E402  # see above
from portal.vault.client import SocketVault  # noqa: E402  # see above
from portal.vault.rotation import rotate  # noqa: E402  # see above
from portal.vault.server import VaultServer  # noqa: E402  # see above
from portal.vault.service import LocalVault, create_vault  # noqa: E402  # see above
from portal.vault.types import Digests  # noqa: E402  # see above

KINDS = 12
BATCH = 1_000  # points of one call
LIST = 20_000  # persons of one list
ROUNDS = 7
SINGLES = 200


@contextmanager
def new_vault() -> Iterator[tuple[LocalVault, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"PORTAL_ENV": "test", "PORTAL_INSTANCE": folder}).vault
        settings = replace(settings, daily_points=10**9, minute_points=10**9, alarm_points=10**9)
        create_vault(settings)
        vault = LocalVault(settings)
        yield vault, settings.folder
        vault.close()


def people(first: int, amount: int) -> list[Digests]:
    """Digests of persons that nobody is, by number."""
    found = []
    for number in range(first, first + amount):
        stream = hashlib.shake_128(number.to_bytes(8, "big")).digest(KINDS * 32)
        found.append(tuple(stream[at : at + 32] for at in range(0, len(stream), 32)))
    return found


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def evaluation() -> None:
    points = [group.crypto_core_ristretto255_random() for _ in range(BATCH)]
    secret = group.crypto_core_ristretto255_scalar_random()
    multiply = group.crypto_scalarmult_ristretto255
    with new_vault() as (vault, folder), VaultServer(folder / "vault.sock", vault) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        remote = SocketVault(folder / "vault.sock")
        ways: dict[str, Callable[[], object]] = {
            "rbcl": lambda: [multiply(secret, point) for point in points],
            "vault in the process": lambda: vault.evaluate("A", points),
            "vault behind the socket": lambda: remote.evaluate("A", points),
        }
        times: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(ROUNDS):
            for way, action in ways.items():
                times[way].append(seconds(action))
        server.shutdown()
    bare = statistics.median(times["rbcl"])
    for way, taken in times.items():
        median = statistics.median(taken)
        print(f"{way}: {BATCH / median:,.0f} evaluations/s, {bare / median:.2f} of rbcl (aim 0.5)")


def registration(sizes: tuple[int, ...]) -> None:
    taken: dict[int, float] = {}
    single: dict[int, float] = {}
    with new_vault() as (vault, folder):
        total, done = 0.0, 0
        for size in sizes:
            while done < size:
                some = people(done, min(LIST, size - done))
                total += seconds(lambda some=some, done=done: vault.register(f"P{done // LIST % 50}", some))
                done += len(some)
            taken[size] = total
            fresh = people(10**9 + done, SINGLES)
            single[size] = statistics.median(seconds(lambda one=one: vault.register("S", [one])) for one in fresh)
            stored = sum(path.stat().st_size for path in folder.iterdir()) / done
            loading = seconds(vault.load_digests)
            print(
                f"{size:>9,} persons: registered in {total:.1f} s ({size / total:,.0f}/s), one more in"
                f" {single[size] * 1000:.1f} ms, {stored:.0f} bytes each, loaded for linking in {loading:.1f} s"
            )
        rotation = seconds(lambda: rotate(vault._settings, lambda _: None))
        print(f"{sizes[-1]:>9,} persons: rotated in {rotation:.1f} s")
    ends = math.log(sizes[-1] / sizes[0])
    print(f"growth of lists: exponent {math.log(taken[sizes[-1]] / taken[sizes[0]]) / ends:.2f}")
    print(f"growth of one more person: exponent {math.log(single[sizes[-1]] / single[sizes[0]]) / ends:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small vaults")
    evaluation()
    registration((2_000, 20_000) if parser.parse_args().quick else (10_000, 100_000, 1_000_000))


if __name__ == "__main__":
    main()
