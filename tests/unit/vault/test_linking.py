"""Linking by equal digests: candidates against all pairs, estimation on a known mixture, guards, and its quality."""

from __future__ import annotations

import dataclasses
import itertools
import json

import numpy as np
import pytest

from portal.demo.population.digests import digests_of
from portal.demo.population.records import generate
from portal.identity.kinds import KINDS
from portal.vault.linking.candidates import MISSING, block_numbers, find_candidates
from portal.vault.linking.clusters import Persons
from portal.vault.linking.estimation import MATCH, OTHER, estimate, kin_and_strangers
from portal.vault.linking.fitting import fit_rules, fit_sample
from portal.vault.linking.linking import Known, link
from portal.vault.linking.patterns import Patterns, agreements, count_patterns, with_the_rest
from portal.vault.linking.people import link_people
from portal.vault.linking.rules import Table, as_json, read_rules, shipped_rules
from portal.vault.linking.types import Decision, InvalidRules

SEED = 4711  # neither one that the rules were made from nor one that is scored


def random_digests(records: int, kinds: int, values: int, seed: int = 1):
    random = np.random.default_rng(seed)
    words = random.integers(1, 1 << 60, size=(kinds, values, 2), dtype=np.uint64)
    picked = random.integers(values, size=(records, kinds))
    present = random.random((records, kinds)) < 0.8
    digests = words[np.arange(kinds)[None, :], picked]
    digests[~present] = 0
    return digests, present


def all_pairs(digests, present):
    """Plain comparison of each with each: {(i, j): (agreeing, known)} where anything agrees."""
    found = {}
    for i, j in itertools.combinations(range(len(present)), 2):
        known = agreeing = 0
        for kind in range(present.shape[1]):
            if present[i, kind] and present[j, kind]:
                known |= 1 << kind
                agreeing |= int(bytes(digests[i, kind]) == bytes(digests[j, kind])) << kind
        if agreeing:
            found[i, j] = agreeing, known
    return found


@pytest.mark.parametrize("values", [4, 40, 400])
def test_candidates_are_all_pairs_that_agree_in_anything_each_once(values: int) -> None:
    digests, present = random_digests(150, 5, values)
    numbers = block_numbers(digests, present)
    candidates = find_candidates(numbers)
    agreeing, known = agreements(numbers, candidates.i, candidates.j)
    found = {
        (int(i), int(j)): (int(a), int(k))
        for i, j, a, k in zip(candidates.i, candidates.j, agreeing, known, strict=True)
    }
    assert found == all_pairs(digests, present)
    assert len(found) == len(candidates)
    assert candidates.left_out == 0


def test_digests_that_share_their_first_half_are_told_apart() -> None:
    digests = np.array([[[7, 1]], [[7, 2]], [[7, 1]], [[7, 2]], [[9, 1]]], dtype=np.uint64)
    numbers = block_numbers(digests, np.ones((5, 1), dtype=np.bool_))
    pairs = find_candidates(numbers)
    assert sorted(zip(pairs.i.tolist(), pairs.j.tolist(), strict=True)) == [(0, 2), (1, 3)]


def test_a_large_block_is_left_out_and_counted_but_not_what_another_kind_finds() -> None:
    numbers = np.array([[0, 5 if row < 2 else 6 + row] for row in range(20)], dtype=np.int32)
    pairs = find_candidates(numbers, most=10)
    assert list(zip(pairs.i, pairs.j, strict=True)) == [(0, 1)]
    assert pairs.left_out == 190
    assert len(find_candidates(numbers, most=20)) == 190


def test_missing_digests_never_agree() -> None:
    numbers = block_numbers(np.zeros((4, 2, 2), np.uint64), np.zeros((4, 2), np.bool_))
    assert (numbers == MISSING).all()
    assert len(find_candidates(numbers)) == 0


def test_patterns_count_what_is_known_and_what_agrees() -> None:
    agreeing, known = np.array([0b101, 0b101, 0b000, 0b001]), np.array([0b111, 0b111, 0b110, 0b001])
    patterns, which = count_patterns(agreeing, known, ((0,), (1, 2)))
    assert patterns.pairs.sum() == 4
    assert patterns.states[:, which[0]].tolist() == [1, 2]
    assert which[0] == which[1]
    assert patterns.known[:, which[0]].tolist() == [1, 3]
    assert patterns.known[:, which[2]].tolist() == [0, 3]
    assert patterns.known[:, which[3]].tolist() == [1, 0]
    whole = with_the_rest(patterns, 96, ((0,), (1, 2)))
    assert whole.pairs.sum() == 100
    assert whole.known[:, -1].tolist() == [1, 3]


def test_what_is_not_known_counts_in_every_possibility_and_what_was_never_seen_as_its_best_part() -> None:
    table = Table((1, 2), np.array([0, 1, 2]), np.array([[0.1, 0.2, 0.7], [0.5, 0.5, 0.0], [0.9, 0.06, 0.04]]))
    logs = table.logs(np.array([0, 1, 0, 0, 3]), np.array([3, 3, 1, 0, 3]))
    assert np.exp(logs[0]) == pytest.approx([0.1, 0.2, 0.8, 1.0, 0.7])
    assert np.exp(logs[2]) == pytest.approx([0.9, 0.06, 0.94, 1.0, 0.04])


def test_the_estimation_finds_a_mixture_it_was_not_told() -> None:
    """Three independent groups, 2 000 matches among 200 000 pairs."""
    random = np.random.default_rng(5)
    is_match = np.arange(200_000) < 2_000
    agree = np.where(is_match[:, None], [0.95, 0.9, 0.8], [0.001, 0.02, 0.05])
    states = (random.random(agree.shape) < agree).T.astype(np.int64)
    keys, pairs = np.unique(states, axis=1, return_counts=True)
    found = estimate(Patterns(keys, np.ones_like(keys), pairs), [1, 1, 1], 5_000)
    assert found.sizes[MATCH] == pytest.approx(2_000, rel=0.05)
    for group, (match, other) in enumerate([(0.95, 0.001), (0.9, 0.02), (0.8, 0.05)]):
        assert found.shares(group)[MATCH, 1] == pytest.approx(match, abs=0.03)
        assert found.shares(group)[OTHER, 1] == pytest.approx(other, rel=0.1)


def test_kin_and_strangers_are_told_by_how_they_grow() -> None:
    records = [1_000, 10_000]
    kin, strangers = np.array([0.02, 0.0]), np.array([1e-6, 3e-5])
    others = [(n, kin * n + strangers * n * (n - 1) / 2) for n in records]
    found_kin, found_strangers = kin_and_strangers(others)
    assert found_kin == pytest.approx(kin, abs=1e-9)
    assert found_strangers == pytest.approx(strangers)
    alone_kin, alone_strangers = kin_and_strangers(others[:1])
    assert (alone_kin == 0).all()
    assert alone_strangers * 1_000 * 999 / 2 == pytest.approx(others[0][1])


def test_two_numbers_never_meet_over_a_record_without_one() -> None:
    persons = Persons(np.array([4, -1, 5, -1]))
    assert persons.join(0, 1)
    assert not persons.join(1, 2)
    assert persons.join(1, 3)
    assert persons.roots().tolist() == [0, 0, 2, 0]


def test_two_numbers_meet_over_their_own_pair() -> None:
    persons = Persons(np.array([4, 5, -1]))
    assert persons.join(1, 2)
    assert persons.join(0, 1)
    assert persons.roots().tolist() == [0, 0, 0]


def test_what_a_person_split_stays_apart_over_any_chain() -> None:
    persons = Persons(np.full(5, -1))
    assert persons.keep_apart(0, 3)
    assert persons.join(0, 1)
    assert persons.join(3, 2)
    assert not persons.join(1, 2)
    assert persons.join(2, 4)
    assert not persons.join(4, 0, is_told=True)
    assert not persons.keep_apart(0, 1)


@pytest.fixture(scope="module")
def world():
    population = generate(6_130, 0.2, SEED)
    digests, present = digests_of(population.records)
    return population, digests, present, population.truth["person"].to_numpy()


@pytest.fixture(scope="module")
def linked(world):
    _, digests, present, _ = world
    return link(digests, present, shipped_rules())


def pairs_within(*labels) -> float:
    sizes = np.unique(np.stack(labels), axis=1, return_counts=True)[1].astype(float)
    return float((sizes * (sizes - 1) / 2).sum())


def quality(labels, person) -> tuple[float, float]:
    right = pairs_within(labels, person)
    return right / pairs_within(labels), right / pairs_within(person)


def test_the_shipped_rules_are_those_of_the_kinds() -> None:
    rules = shipped_rules()
    assert rules.kinds == tuple(kind.code for kind in KINDS)
    assert SEED not in rules.provenance["seeds"]


def test_ten_thousand_records_are_linked_well(world, linked) -> None:
    *_, person = world
    precision, recall = quality(linked.sure, person)
    assert precision >= 0.985
    assert recall >= 0.955
    assert linked.compared < len(person) * 2


@pytest.mark.parametrize(("missing", "least"), [((5, 11), 0.955), ((0,), 0.945)])
def test_lists_without_municipality_or_birth_numbers_are_linked_too(world, missing, least: float) -> None:
    _, digests, present, person = world
    fewer = present.copy()
    fewer[:, missing] = False
    precision, recall = quality(link(digests, fewer, shipped_rules()).sure, person)
    assert precision >= 0.985
    assert recall >= least


def test_the_number_of_persons_is_close_by_type_and_orp(world, linked) -> None:
    population, *_, person = world

    def error(rows) -> float:
        most, least = (len(np.unique(labels[rows])) for labels in (linked.sure, linked.probable))
        assert least <= most
        return (most + least) / 2 / len(np.unique(person[rows])) - 1

    assert abs(error(np.arange(len(person)))) <= 0.015
    for column in ("service_type", "orp_code"):
        groups = [rows for rows in population.records.groupby(column).indices.values() if len(rows) > 500]
        assert len(groups) > 5
        assert max(abs(error(rows)) for rows in groups) <= 0.02


def test_one_exact_key_counts_far_too_many(world) -> None:
    """What the other kinds are for."""
    _, digests, present, person = world
    numbers = block_numbers(digests, present)
    whole = np.unique(np.where(present[:, :1], numbers[:, :1], numbers[:, 1:2] + 10**6), axis=0)
    assert len(whole) > 1.10 * len(np.unique(person))


def test_nothing_is_joined_across_two_numbers_but_by_their_own_pair(world, linked) -> None:
    _, digests, present, _ = world
    number = np.where(present[:, 0], block_numbers(digests, present)[:, 0], -1)
    strong = {
        frozenset((int(number[i]), int(number[j])))
        for i, j, decision in zip(linked.i, linked.j, linked.decision, strict=True)
        if decision == Decision.LINKED and min(number[i], number[j]) >= 0
    }
    for root in np.unique(linked.sure):
        numbers = set(number[linked.sure == root].tolist()) - {-1}
        if len(numbers) > 1:
            assert any(frozenset(pair) in strong for pair in itertools.combinations(numbers, 2))


def test_pairs_come_in_order_with_their_decision(linked) -> None:
    rules = shipped_rules()
    assert (np.diff(linked.probability) <= 0).all()
    assert linked.probability.min() >= rules.lower
    proposed = linked.decision == Decision.PROPOSED
    assert (linked.probability[proposed] < rules.upper).all()
    assert ((linked.agreeing & 1 == 1) == (linked.decision == Decision.CERTAIN)).all()
    assert (linked.sure[linked.i] == linked.sure[linked.j])[linked.decision >= Decision.CERTAIN].all()


def test_decisions_made_before_are_kept(world, linked) -> None:
    _, digests, present, _ = world
    automatic = np.flatnonzero(linked.decision == Decision.LINKED)[:20]
    different = np.stack([linked.i[automatic], linked.j[automatic]], axis=1)
    same = np.array([[0, 1], [2, 3]])
    again = link(digests, present, shipped_rules(), known=Known(same=same, different=different))
    assert (again.sure[same[:, 0]] == again.sure[same[:, 1]]).all()
    for labels in (again.sure, again.probable):
        apart = labels[different[:, 0]] != labels[different[:, 1]]
        assert apart.mean() > 0.9  # what a birth number joins in a roundabout way stays one person


def test_persons_of_the_vault_are_linked_by_their_records(world, linked) -> None:
    """As the vault has them: one person for each birth number and for each set of digests without one."""
    _, digests, present, person = world
    numbers = block_numbers(digests, present)
    vectors = np.unique(numbers, axis=0, return_inverse=True)[1].ravel()
    owners = np.unique(np.where(present[:, 0], numbers[:, 0], 10**6 + vectors), return_inverse=True)[1]
    found = link_people(digests, present, owners, shipped_rules())
    assert (found.a < found.b).all()
    assert len(np.unique(found.a * 10**6 + found.b)) == len(found)
    precision, recall = quality(found.sure[owners], person)
    assert (precision, recall) == pytest.approx(quality(linked.sure, person), abs=0.002)
    assert len(np.unique(found.sure)) == pytest.approx(len(np.unique(linked.sure)), rel=0.001)

    linked_ones = np.flatnonzero(found.decision == Decision.LINKED)[:3]
    split = np.stack([found.a[linked_ones], found.b[linked_ones]], axis=1)
    told = np.array([[0, 5]])
    again = link_people(digests, present, owners, shipped_rules(), Known(same=told, different=split))
    assert again.sure[0] == again.sure[5]
    assert found.sure[0] != found.sure[5]
    assert (again.probable[split[:, 0]] != again.probable[split[:, 1]]).all()


def test_the_order_of_records_makes_no_difference(world, linked) -> None:
    _, digests, present, person = world
    order = np.random.default_rng(2).permutation(len(present))
    again = link(digests[order], present[order], shipped_rules())
    assert len(np.unique(again.sure)) == pytest.approx(len(np.unique(linked.sure)), abs=2)
    assert quality(again.sure, person[order]) == pytest.approx(quality(linked.sure, person), abs=1e-3)


def test_rules_can_be_made_from_the_records_themselves(world) -> None:
    _, digests, present, person = world
    groups = shipped_rules().groups
    sample = fit_sample(digests, present, groups, 1)
    own = fit_rules(
        [sample],
        kinds=[kind.code for kind in KINDS],
        groups=groups,
        lower=0.1,
        upper=0.6,
        decides=0,
        provenance={"command": "test", "seeds": [SEED]},
    )
    assert sample.fitted.sizes[MATCH] == pytest.approx(pairs_within(person), rel=0.06)
    precision, recall = quality(link(digests, present, own).sure, person)
    assert precision >= 0.98
    assert recall >= 0.95


def test_rules_are_written_and_read_back() -> None:
    rules = shipped_rules()
    again = read_rules(as_json(rules), rules.kinds)
    assert dataclasses.replace(again, tables=()) == dataclasses.replace(rules, tables=())
    for one, other in zip(again.tables, rules.tables, strict=True):
        assert (one.states == other.states).all()
        assert one.shares == pytest.approx(other.shares)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file.update(format=2), "cannot be read"),
        (lambda file: file.pop("tables"), "cannot be read"),
        (lambda file: file["tables"][0]["states"][0].pop(), "cannot be read"),
        (lambda file: file.update(upper=0.05), "not whole"),
        (lambda file: file.update(provenance={}), "not whole"),
        (lambda file: file["tables"].pop(), "not whole"),
        (lambda file: file["tables"][1]["states"][3].__setitem__(1, 0.9), "not whole"),
        (lambda file: file["tables"][1]["states"].reverse(), "not whole"),
        (lambda file: file.update(kinds=file["kinds"][::-1]), "other linkage inputs"),
    ],
)
def test_rules_that_are_not_whole_are_refused(change, said: str) -> None:
    file = json.loads(as_json(shipped_rules()))
    change(file)
    with pytest.raises(InvalidRules) as refused:
        read_rules(json.dumps(file), [kind.code for kind in KINDS])
    assert said in str(refused.value.message)


def test_digests_of_other_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="3 kinds"):
        link(np.zeros((2, 3, 2), np.uint64), np.ones((2, 3), np.bool_), shipped_rules())


def test_no_records_are_no_persons() -> None:
    none = link(np.zeros((0, len(KINDS), 2), np.uint64), np.zeros((0, len(KINDS)), np.bool_), shipped_rules())
    assert len(none) == 0
    assert len(none.sure) == 0
