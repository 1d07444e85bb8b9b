"""Filters, counts and order of the catalogue against a slow, plain second implementation."""

from dataclasses import dataclass, replace
from datetime import date

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from portal.catalog.calc import bitsets
from portal.catalog.calc.freshness import Freshness, freshness
from portal.catalog.calc.index import Entry, Place, build_index
from portal.catalog.calc.query import Nearness, Wish, find, understand
from portal.catalog.types import Form, has_ended, service_types
from portal.core.czech import czech_sort_key

TODAY = date(2026, 8, 3)
GROUPS = {"1": "senioři", "2": "osoby žijící s demencí", "3": "rodiny s dětmi"}
PLACES = [
    Place("7111", "Šumperk", True, "7111"),
    Place("7113", "Zábřeh", True, "7113"),
    Place("m1", "Šumperk", False, "7111"),
    Place("m2", "Bludov", False, "7111"),
    Place("m3", "Zábřeh", False, "7113"),
]
ORP_OF = {place.code: place.orp_code for place in PLACES if not place.is_orp}
TYPES = ("37", "40", "49", "60a")


@st.composite
def entries(draw):
    towns = draw(st.lists(st.sampled_from(sorted(ORP_OF)), max_size=2, unique=True))
    return Entry(
        register_id=draw(st.integers(1, 10**6)),
        name=draw(st.sampled_from(["Charita", "Čmelák", "Domov", "Štít", "chata"])),
        type_code=draw(st.sampled_from(TYPES)),
        forms=tuple(draw(st.lists(st.sampled_from([str(form) for form in Form]), max_size=3, unique=True))),
        groups=tuple(draw(st.lists(st.sampled_from(sorted(GROUPS)), max_size=3, unique=True))),
        municipalities=tuple(towns),
        orps=tuple(dict.fromkeys(ORP_OF[town] for town in towns)),
        region_wide=draw(st.booleans()),
        ended_on=draw(st.sampled_from([None, None, date(2025, 1, 1), TODAY])),
        verified_on=draw(st.sampled_from([None, date(2026, 7, 1), date(2025, 10, 1), date(2020, 1, 1)])),
        strong_texts=(),
        weak_texts=(),
    )


catalogues = st.lists(entries(), max_size=40, unique_by=lambda entry: entry.register_id)
wishes = st.builds(
    Wish,
    text=st.just(""),
    types=st.lists(st.sampled_from(TYPES), max_size=2, unique=True).map(tuple),
    forms=st.lists(st.sampled_from(list(Form)), max_size=2, unique=True).map(tuple),
    groups=st.lists(st.sampled_from(sorted(GROUPS)), max_size=2, unique=True).map(tuple),
    orp=st.sampled_from([None, "7111", "7113", "9999"]),
    municipality=st.sampled_from([None, None, "m1", "m2", "m3"]),
    with_ended=st.booleans(),
)


@dataclass
class Oracle:
    """The same answers by walking through all services, one condition after another."""

    entries: list[Entry]
    wish: Wish

    def meets(self, entry: Entry, *, without: str = "") -> bool:
        wish = self.wish
        orp = ORP_OF[wish.municipality] if wish.municipality else wish.orp
        return (
            (without == "types" or not wish.types or entry.type_code in wish.types)
            and (without == "forms" or not wish.forms or bool(set(entry.forms) & set(wish.forms)))
            and (without == "groups" or not wish.groups or bool(set(entry.groups) & set(wish.groups)))
            and (
                without == "place"
                or not (wish.municipality or wish.orp)
                or entry.region_wide
                or orp in entry.orps
                or wish.municipality in entry.municipalities
            )
            and (without == "ended" or wish.with_ended or not has_ended(entry.ended_on, TODAY))
        )

    def found(self) -> list[int]:
        return [entry.register_id for entry in sorted(self.entries, key=self.order) if self.meets(entry)]

    def order(self, entry: Entry):
        age = freshness(entry.verified_on, TODAY)
        asked = bool(self.wish.municipality or self.wish.orp)
        return (
            self.wish.with_ended and has_ended(entry.ended_on, TODAY),
            self.nearness(entry) if asked else 0,
            entry.region_wide,
            {Freshness.FRESH: 0, Freshness.DUE: 1}.get(age, 2),
            czech_sort_key(entry.name),
            entry.register_id,
        )

    def nearness(self, entry: Entry) -> Nearness:
        wish = self.wish
        if wish.municipality in entry.municipalities:
            return Nearness.IN_MUNICIPALITY
        if (ORP_OF[wish.municipality] if wish.municipality else wish.orp) in entry.orps:
            return Nearness.IN_ORP
        return Nearness.REGION_WIDE if entry.region_wide else Nearness.ELSEWHERE

    def count(self, facet: str, has) -> int:
        return sum(1 for entry in self.entries if self.meets(entry, without=facet) and has(entry))


def answer(listed: list[Entry], wish: Wish):
    index = build_index(listed, PLACES, GROUPS, TODAY)
    found = find(index, wish)
    return index, found, index.register_ids[found.positions].tolist()


@given(listed=catalogues, wish=wishes)
@settings(max_examples=300)
def test_services_and_their_order_agree_with_a_plain_loop(listed, wish):
    oracle = Oracle(listed, wish)
    _index, found, shown = answer(listed, wish)
    assert shown == oracle.found()
    by_number = {entry.register_id: entry for entry in listed}
    assert found.nearness.tolist() == [oracle.nearness(by_number[number]) for number in shown]


@given(listed=catalogues, wish=wishes)
@settings(max_examples=300)
def test_every_count_agrees_with_a_plain_loop(listed, wish):
    oracle = Oracle(listed, wish)
    _index, found, _shown = answer(listed, wish)
    assert dict(found.types) == {t: oracle.count("types", lambda e, t=t: e.type_code == t) for t in service_types()}
    assert dict(found.forms) == {f: oracle.count("forms", lambda e, f=f: f in e.forms) for f in map(str, Form)}
    assert all(n == oracle.count("groups", lambda e, g=g: g in e.groups) for g, n in found.groups.items())
    assert all(n == oracle.count("place", lambda e, o=o: o in e.orps) for o, n in found.orps.items())
    assert all(
        n == oracle.count("place", lambda e, m=m: m in e.municipalities) for m, n in found.municipalities.items()
    )
    assert found.region_wide == oracle.count("place", lambda e: e.region_wide)
    assert found.ended == oracle.count("ended", lambda e: has_ended(e.ended_on, TODAY))


@given(listed=catalogues, wish=wishes, kind=st.sampled_from(TYPES))
def test_a_count_is_what_choosing_the_value_gives(listed, wish, kind):
    index, found, _shown = answer(listed, wish)
    assert find(index, replace(wish, types=(kind,))).total == found.types[kind]


@given(listed=catalogues, wish=wishes)
def test_the_order_of_the_rows_read_does_not_matter(listed, wish):
    assert answer(listed, wish)[2] == answer(listed[::-1], wish)[2]


@given(
    flags=st.lists(st.booleans(), max_size=700), rows=st.lists(st.lists(st.integers(0, 699), max_size=50), max_size=4)
)
def test_bits_count_and_name_their_members(flags, rows):
    size = len(flags)
    bits = bitsets.from_flags(np.array(flags, dtype=bool))
    members = [position for position, flag in enumerate(flags) if flag]
    assert bitsets.to_positions(bits, size).tolist() == members
    assert bitsets.count(bits) == len(members)
    inside = [[position for position in row if position < size] for row in rows]
    made = bitsets.rows_from_positions(size, inside)
    assert bitsets.count_rows(made, bits).tolist() == [len(set(row) & set(members)) for row in inside]
    assert bitsets.to_positions(bitsets.union(made, size), size).tolist() == sorted({p for row in inside for p in row})


def entry(number: int, name: str, type_code: str = "40", *texts: str, town: str = "m1", **fields) -> Entry:
    kind = service_types()[type_code]
    made = Entry(
        register_id=number,
        name=name,
        type_code=type_code,
        forms=(),
        groups=("1",),
        municipalities=(town,),
        orps=(ORP_OF[town],),
        region_wide=False,
        ended_on=None,
        verified_on=None,
        strong_texts=(name, kind.name_cs),
        weak_texts=("senioři", *texts),
    )
    return made._replace(**fields)


LISTED = [
    entry(1, "Domov Lipová", "49"),
    entry(2, "Pečovatelská služba Slunce", "40", town="m2"),
    entry(3, "Občanská poradna", "37", "12345679", town="m3", groups=()),
    entry(4, "Intervenční centrum", "60a", region_wide=True, municipalities=(), orps=(), groups=()),
    entry(5, "Poradna Bludov", "37", town="m2", groups=()),
]


def found_by(text: str) -> list[int]:
    return answer(LISTED, Wish(text=text))[2]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("poradny", [3, 5]),
        ("poradnu v Bludově", [5]),
        ("dům pro seniory", [1]),
        ("dluhy", [3, 5]),
        ("12345679", [3]),
        ("123 45 679", [3]),
        ("poradna qwxqwx", [3, 5]),
        ("qwxqwx", []),
        ("poradan", [3, 5]),
        ("pečov", [2]),
        ("v", [1, 3, 2, 5, 4]),  # a word that says nothing leaves all
    ],
)
def test_words_find_what_they_mean(text, numbers):
    assert found_by(text) == numbers


def test_where_no_service_has_all_words_those_with_the_most_are_shown_and_it_is_said():
    index = build_index(LISTED, PLACES, GROUPS, TODAY)
    understood = understand(index, "občanská lipová poradna")
    assert understood.only_some
    assert index.register_ids[find(index, Wish(), understood).positions].tolist() == [3]


def test_the_longest_phrase_decides_what_is_needed():
    index = build_index(LISTED, PLACES, GROUPS, TODAY)
    assert [need.types for need in understand(index, "dům pro seniory").needs] == [("49", "50")]
    assert [need.group_words for need in understand(index, "senior").needs] == [("senioři",)]


def test_a_place_of_several_words_is_one_place():
    places = [*PLACES, Place("m4", "Lipník nad Bečvou", False, "7113")]
    index = build_index(LISTED, places, GROUPS, TODAY)
    assert [place.code for place in understand(index, "v Lipníku nad Bečvou").places] == ["m4"]


def test_an_empty_catalogue_finds_nothing_and_counts_nothing():
    index = build_index([], [], {}, TODAY)
    found = find(index, Wish(text="domov"))
    assert (found.total, sum(found.types.values()), found.orps) == (0, 0, {})
