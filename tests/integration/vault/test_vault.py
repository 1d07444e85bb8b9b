"""Who is known, who is new, who is erased; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from portal.core.clock import frozen_at, today
from portal.core.errors import Invalid
from portal.core.ristretto import group
from portal.vault.models import metadata
from portal.vault.service import LocalVault
from portal.vault.types import InvalidDigests, LimitReached, VaultUnavailable
from tests.factories.vault import digest, fresh_vault, person, vault_settings

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def shared(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVault]:
    with fresh_vault(tmp_path_factory.mktemp("vault"), backend) as vault:
        yield vault


@pytest.fixture
def vault(shared: LocalVault) -> Iterator[LocalVault]:
    """Empty for each test."""
    yield shared
    _, engine = shared._ready()
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            if table.name not in ("facts", "numbers"):
                connection.execute(table.delete())


def test_a_birth_number_is_the_same_person_at_two_providers_under_two_codes(vault):
    [here] = vault.register("A", [person("Jana")])
    [there] = vault.register("B", [person("Jana", typo="Jaja")])
    assert here.person_ref == there.person_ref
    assert here.code != there.code
    assert here.is_certain
    assert there.is_certain


def test_the_same_person_keeps_the_code_at_a_provider(vault):
    first = vault.register("A", [person("Jana"), person("Petr"), person("Jana", typo="x")])
    again = vault.register("A", [person("Petr"), person("Jana")])
    assert again == [first[1], first[0]]
    assert first[0] == first[2]


def test_without_a_birth_number_only_the_whole_record_decides(vault):
    [first] = vault.register("A", [person("Li", has_birth_number=False)])
    [same] = vault.register("B", [person("Li", has_birth_number=False)])
    [other] = vault.register("B", [person("Li", has_birth_number=False, typo="x")])
    [certain] = vault.register("B", [person("Li")])
    assert first.person_ref == same.person_ref
    assert len({first.person_ref, other.person_ref, certain.person_ref}) == 3
    assert not first.is_certain


def test_two_providers_never_have_a_code_in_common(vault):
    people = [person(str(number)) for number in range(500)]
    here, there = vault.register("A", people), vault.register("B", people)
    codes = {one.code for one in here + there}
    assert len(codes) == 1000
    assert len({one.person_ref for one in here + there} | codes) == 1500
    assert all(len(code) == 16 for code in codes)


def test_a_long_list_takes_few_statements(vault):
    _, engine = vault._ready()
    seen: list[str] = []

    def note(_conn, _cursor, statement, _parameters, _context, _many):
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    vault.register("A", [person(str(number)) for number in range(3_000)])
    sa.event.remove(engine, "before_cursor_execute", note)
    assert len(seen) < 25


def test_known_and_new_persons_go_through_the_same_statements(vault):
    _, engine = vault._ready()
    runs: list[list[tuple[str, int]]] = []

    def note(_conn, _cursor, statement, parameters, _context, many):
        runs[-1].append((statement, len(parameters) if many else 1))

    sa.event.listen(engine, "before_cursor_execute", note)
    for provider, name in (("A", "Jana"), ("A", "Jana"), ("B", "Jana"), ("B", "Petr")):
        runs.append([])
        vault.register(provider, [person(name)])
    sa.event.remove(engine, "before_cursor_execute", note)
    assert runs[1] == runs[0]
    assert runs[2] == runs[0]
    assert runs[3] == runs[0]


@pytest.mark.parametrize(
    "wrong",
    [(), (None,) * 12, (b"short", *[None] * 11), ("text" * 8,), tuple(digest(str(n)) for n in range(33))],
    ids=["none", "nothing-known", "short", "text", "too-many"],
)
def test_digests_that_cannot_be_are_refused_wholly(vault, wrong):
    with pytest.raises(InvalidDigests) as caught:
        vault.register("A", [person("Jana"), wrong])
    assert caught.value.position == 1
    assert vault.status().persons == 0


def test_a_call_without_a_provider_or_with_too_much_is_refused(vault):
    with pytest.raises(Invalid):
        vault.register("", [person("Jana")])
    with pytest.raises(Invalid):
        vault.evaluate("A", [b""] * 20_001)


def test_a_person_registered_by_many_at_once_is_one_person(vault):
    found: list[bytes] = []

    def register(provider: str) -> None:
        found.extend(one.person_ref for one in vault.register(provider, [person("Jana"), person("Petr")]))

    threads = [threading.Thread(target=register, args=(f"P{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert len(set(found)) == 2
    assert vault.status().persons == 2


class TestErasure:
    def test_with_the_last_code_everything_of_the_person_goes(self, vault):
        [here] = vault.register("A", [person("Jana")])
        [there] = vault.register("B", [person("Jana", typo="x")])
        vault.register("B", [person("Petr")])
        vault.forget("A", here.code)
        assert vault.status().persons == 2
        vault.forget("B", there.code)
        status = vault.status()
        assert (status.persons, status.records, status.codes) == (1, 1, 1)

    def test_an_erased_code_is_known_as_such_and_no_other(self, vault):
        [jana, petr] = vault.register("A", [person("Jana"), person("Petr")])
        vault.forget("A", jana.code)
        assert vault.erased([petr.code, jana.code, bytes(16)]) == [False, True, False]

    def test_who_comes_again_is_a_new_person_that_nothing_old_leads_to(self, vault):
        [before] = vault.register("A", [person("Jana")])
        vault.forget("A", before.code)
        [after] = vault.register("A", [person("Jana")])
        assert after.code != before.code
        assert after.person_ref != before.person_ref
        assert vault.erased([before.code, after.code]) == [True, False]

    def test_nobody_erases_through_another_provider(self, vault):
        [here] = vault.register("A", [person("Jana")])
        vault.forget("B", here.code)
        assert vault.register("A", [person("Jana")]) == [here]


class TestLimits:
    @pytest.fixture
    def limited(self, vault) -> LocalVault:
        return LocalVault(
            vault_settings(
                vault._settings.folder.parent,
                database_url=vault._settings.database_url,
                daily_points=10,
                minute_points=6,
                alarm_points=8,
            )
        )

    def test_points_are_counted_by_provider_and_day_and_refused_above_the_limit(self, limited, caplog):
        points = [group.crypto_core_ristretto255_random() for _ in range(6)]
        with frozen_at(datetime(2026, 5, 1, 8, 0, tzinfo=UTC)):
            first = today()
            limited.evaluate("A", points)
            with pytest.raises(LimitReached, match="at once") as refused:
                limited.evaluate("A", points[:1])
            assert refused.value.retry_after_s == 60
            limited.evaluate("B", points[:1])
        with frozen_at(datetime(2026, 5, 1, 8, 1, tzinfo=UTC)):
            limited.evaluate("A", points[:4])
            with pytest.raises(LimitReached, match="limit") as refused:
                limited.evaluate("A", points[:1])
            assert refused.value.retry_after_s == (14 * 60 - 1) * 60  # a minute past ten in Prague, until midnight
        with frozen_at(datetime(2026, 5, 2, 8, 0, tzinfo=UTC)):
            limited.evaluate("A", points[:2])
        usage = limited.usage(first)
        assert [(one.provider, one.points, one.refused, one.is_alarm) for one in usage] == [
            ("A", 10, 2, True),
            ("B", 1, 0, False),
            ("A", 2, 0, False),
        ]
        assert sum("alarm of the vault" in record.getMessage() for record in caplog.records) == 1
        limited.close()

    def test_a_restart_forgets_no_count(self, limited):
        points = [group.crypto_core_ristretto255_random() for _ in range(5)]
        limited.evaluate("A", points)
        limited.close()
        with pytest.raises(LimitReached):
            limited.evaluate("A", points[:2])
        limited.close()

    def test_registrations_are_limited_too(self, limited):
        limited.register("A", [person(str(number)) for number in range(10)])
        with pytest.raises(LimitReached):
            limited.register("A", [person("11")])
        limited.close()


def test_digests_come_as_arrays_for_linking(vault):
    short = person("Petr", has_birth_number=False, kinds=10)
    vault.register("A", [person("Jana"), short])
    vault.register("B", [person("Jana", typo="x")])
    loaded = vault.load_digests()
    assert loaded.digests.shape == (3, 12, 2)
    assert loaded.digests.dtype == np.uint64
    assert loaded.persons.tolist() == [0, 1, 0]
    assert loaded.present[0].all()
    assert loaded.present[1].tolist() == [False, *[True] * 9, False, False]
    assert (loaded.digests[0, :11] == loaded.digests[2, :11]).all()
    assert (loaded.digests[0, 11] != loaded.digests[2, 11]).any()
    assert not loaded.digests[1, 0].any()
    [jana] = vault.register("C", [person("Jana")])
    assert loaded.refs[0].tobytes() == jana.person_ref
    assert loaded.is_certain.tolist() == [True, False]


def test_an_empty_vault_loads_nothing(vault):
    loaded = vault.load_digests()
    assert loaded.digests.shape == (0, 0, 2)
    assert len(loaded.refs) == 0


def test_what_is_stored_is_no_digest_that_came(vault):
    jana = person("Jana")
    vault.register("A", [jana])
    loaded = vault.load_digests()
    stored = {loaded.digests[0, kind].tobytes() for kind in range(12)}
    assert len(stored) == 12
    assert stored.isdisjoint({one[:16] for one in jana if one})


def test_a_vault_that_was_not_set_up_says_so(tmp_path: Path):
    with pytest.raises(VaultUnavailable, match="portal vault init"):
        LocalVault(vault_settings(tmp_path)).status()


def test_a_key_without_its_database_does_not_begin_anew(tmp_path: Path):
    with fresh_vault(tmp_path) as vault:
        vault.status()
    (tmp_path / "vault" / "vault.db").unlink()
    with pytest.raises(VaultUnavailable, match="Restore"):
        LocalVault(vault_settings(tmp_path), makes_itself=True).status()
