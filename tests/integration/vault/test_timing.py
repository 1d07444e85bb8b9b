"""How long a registration takes tells nobody whether the person was known (``tests/factories/timing.py``)."""

from __future__ import annotations

from portal.vault.types import Digests
from tests.factories.timing import AIM, auc, leak
from tests.factories.vault import fresh_vault, person


def test_known_and_new_persons_cannot_be_told_apart_by_time(tmp_path):
    with fresh_vault(tmp_path) as vault:
        known = [person(f"known {number}") for number in range(1000)]
        vault.register("A", known)
        vault.register("B", [person(f"other {number}") for number in range(2000)])

        def round_of(number: int) -> float:
            provider = f"C{number}"
            new = [person(f"new {number} {one}") for one in range(1000)]
            return leak(auc(lambda one: vault.register(provider, [one]), known, new, number))

        areas = [round_of(1)]
        if areas[0] > AIM:
            areas.append(round_of(2))
        assert min(areas) <= AIM, areas


def test_a_vault_that_spares_work_for_known_persons_would_be_seen(tmp_path):
    with fresh_vault(tmp_path) as vault:
        known = [person(f"known {number}") for number in range(200)]
        codes = dict(zip(known, vault.register("A", known), strict=True))

        def sparing(one: Digests) -> object:
            return codes.get(one) or vault.register("A", [one])

        assert leak(auc(sparing, known, [person(f"new {number}") for number in range(200)], 1)) > 0.9
