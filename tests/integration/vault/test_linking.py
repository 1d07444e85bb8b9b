"""Linking in the vault: persons in, persons out, decisions of people kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.identity.kinds import KINDS
from portal.vault.service import LocalVault
from tests.factories.vault import fresh_vault, person


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[LocalVault]:
    """With many who are nobody else."""
    with fresh_vault(tmp_path) as vault:
        vault.register("A", [person(f"other {number}") for number in range(300)])
        yield vault


def test_the_same_digests_without_the_birth_number_are_linked_and_people_decide_otherwise(vault):
    assert len(person("x")) == len(KINDS)
    [jana] = vault.register("A", [person("Jana")])
    [typed] = vault.register("B", [person("Jana", typo="x")])
    [alone] = vault.register("B", [person("Jana", has_birth_number=False)])
    assert jana.person_ref == typed.person_ref != alone.person_ref

    links = vault.link([], [])
    [pair] = links.pairs
    assert (pair.a, pair.b, pair.decision) == (jana.person_ref, alone.person_ref, "linked")
    assert pair.probability > 0.9
    assert pair.agreeing == (1 << len(KINDS)) - 2
    [group] = links.groups
    assert (group.ref, group.sure, group.probable) == (alone.person_ref, jana.person_ref, jana.person_ref)
    assert (links.persons, links.records) == (302, 303)

    split = vault.link([], [(alone.person_ref, jana.person_ref)])
    assert split.groups == []
    assert [one.decision for one in split.pairs] == ["conflict"]


def test_what_people_joined_is_one_person_however_little_agrees(vault):
    [one, other] = vault.register("A", [person("one"), person("two", has_birth_number=False)])
    nobody = bytes(16)
    links = vault.link([(one.person_ref, other.person_ref), (one.person_ref, nobody)], [])
    assert (other.person_ref, one.person_ref) in [(group.ref, group.sure) for group in links.groups]
    assert (one.person_ref, other.person_ref) not in [(pair.a, pair.b) for pair in links.pairs]


def test_an_empty_vault_and_one_of_fewer_kinds_are_linked_too(tmp_path):
    with fresh_vault(tmp_path) as vault:
        assert vault.link([], []).persons == 0
        vault.register("A", [person("Jana", kinds=9), person("Jana", kinds=9, has_birth_number=False)])
        assert vault.link([], []).persons == 2
