"""The catalogue as columns: which service has which type, form, group, place and word. Pure.

Built once for a state of the catalogue and a day, then only read. A service is a position 0..size-1 in the order
in which services without further wishes are listed: local before region-wide, confirmed lately before stale, then
by Czech name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from portal.catalog.calc import bitsets
from portal.catalog.calc.bitsets import BitRows, Bits
from portal.catalog.calc.freshness import Freshness, freshness
from portal.catalog.calc.needs import Need, Needs, load_needs
from portal.catalog.calc.vocabulary import Vocabulary
from portal.catalog.calc.words import split_words
from portal.catalog.types import Form, has_ended, service_types
from portal.core.czech import czech_sort_key

_FRESHNESS_ORDER = {Freshness.FRESH: 0, Freshness.DUE: 1, Freshness.OVERDUE: 2, Freshness.NEVER: 2}


class Entry(NamedTuple):
    """One service as the index takes it. Codes of places are those of its places that are open and not secret."""

    register_id: int
    name: str
    type_code: str
    forms: tuple[str, ...]
    groups: tuple[str, ...]
    municipalities: tuple[str, ...]
    orps: tuple[str, ...]
    region_wide: bool
    ended_on: date | None
    verified_on: date | None
    strong_texts: tuple[str, ...]  # what the service is called: names of service, provider, facilities
    weak_texts: tuple[str, ...]  # what it says of itself, where it is, its numbers


class Place(NamedTuple):
    """A municipality or an ORP (then ``orp_code`` is its own code)."""

    code: str
    name: str
    is_orp: bool
    orp_code: str | None


@dataclass(frozen=True)
class Facet:
    """Values of one filter in the order shown; ``rows`` has a line of bits for each."""

    values: tuple[str, ...]
    rows: BitRows
    number: Mapping[str, int]

    @classmethod
    def build(cls, values: Sequence[str], size: int, positions: Mapping[str, Sequence[int]]) -> Facet:
        rows = bitsets.rows_from_positions(size, (positions.get(value, ()) for value in values))
        return cls(tuple(values), rows, {value: number for number, value in enumerate(values)})

    def having(self, chosen: Iterable[str], size: int) -> Bits:
        """Services with at least one of the chosen values; unknown values have none."""
        known = [self.number[value] for value in chosen if value in self.number]
        if len(known) == 1:
            only: Bits = self.rows[known[0]]  # most filters; nobody writes into a set
            return only
        return bitsets.union(self.rows[known], size)

    def counts(self, within: Bits, values: Sequence[str] | None = None) -> dict[str, int]:
        """Members of ``within`` by value: of these known values, or of all."""
        rows = self.rows if values is None else self.rows[[self.number[value] for value in values]]
        shown = self.values if values is None else values
        return dict(zip(shown, bitsets.count_rows(rows, within).tolist(), strict=True))


class Phrase(NamedTuple):
    """A phrase as terms, and what it stands for: a need or the code of a place."""

    terms: tuple[int, ...]
    need: Need | None
    place: Place | None


class CatalogIndex:
    """Everything that a search reads. Made by ``build_index``; never changed afterwards."""

    def __init__(
        self,
        entries: Sequence[Entry],
        places: Sequence[Place],
        group_names: Mapping[str, str],
        needs: Needs,
        on: date,
    ) -> None:
        entries = sorted(entries, key=lambda entry: _listing_key(entry, on))
        self.size = size = len(entries)
        self.needs = needs
        self.places = {place.code: place for place in places}
        self.group_names = dict(group_names)
        self.register_ids = np.array([entry.register_id for entry in entries], dtype=np.int64)
        self.all = bitsets.full(size)
        self.ended = bitsets.from_flags(np.array([has_ended(e.ended_on, on) for e in entries], dtype=bool))
        self.region_wide = bitsets.from_flags(np.array([e.region_wide for e in entries], dtype=bool))
        self._build_facets(entries)
        self._build_words(entries)
        self._build_phrases()
        self.need_bits = {need: self._answering(need) for need in needs.needs}

    def _build_facets(self, entries: Sequence[Entry]) -> None:
        by_type: dict[str, list[int]] = defaultdict(list)
        by_form: dict[str, list[int]] = defaultdict(list)
        by_group: dict[str, list[int]] = defaultdict(list)
        by_orp: dict[str, list[int]] = defaultdict(list)
        by_municipality: dict[str, list[int]] = defaultdict(list)
        for position, entry in enumerate(entries):
            by_type[entry.type_code].append(position)
            for codes, column in (
                (entry.forms, by_form),
                (entry.groups, by_group),
                (entry.orps, by_orp),
                (entry.municipalities, by_municipality),
            ):
                for code in codes:
                    column[code].append(position)
        self.types = Facet.build(list(service_types()), self.size, by_type)
        self.forms = Facet.build([str(form) for form in Form], self.size, by_form)
        self.groups = Facet.build(sorted(by_group, key=self._group_order), self.size, by_group)
        self.orps = Facet.build(self._in_czech_order(by_orp), self.size, by_orp)
        self.municipalities = Facet.build(self._in_czech_order(by_municipality), self.size, by_municipality)
        self.municipalities_of_orp: dict[str, list[str]] = defaultdict(list)
        for code in self.municipalities.values:
            orp_code = self.places[code].orp_code if code in self.places else None
            if orp_code is not None:
                self.municipalities_of_orp[orp_code].append(code)

    def _group_order(self, code: str) -> tuple[tuple[str, str], str]:
        return czech_sort_key(self.group_names.get(code, code)), code

    def _in_czech_order(self, codes: Iterable[str]) -> list[str]:
        return sorted(codes, key=lambda code: (czech_sort_key(self.place_name(code)), code))

    def place_name(self, code: str) -> str:
        return self.places[code].name if code in self.places else code

    def _build_words(self, entries: Sequence[Entry]) -> None:
        """Postings: for each word the positions that have it, once in names and once anywhere."""
        strong: dict[str, list[int]] = defaultdict(list)
        weak: dict[str, list[int]] = defaultdict(list)
        for position, entry in enumerate(entries):
            for texts, column in ((entry.strong_texts, strong), (entry.weak_texts, weak)):
                for text in texts:
                    column[text].append(position)
        names = _positions_by_word(strong)
        anywhere = _positions_by_word(weak)
        for word, parts in names.items():
            anywhere[word].extend(parts)
        postings = {word: _merged(parts) for word, parts in anywhere.items()}
        extra = {word: 0 for words in self._phrase_words() for word in words if word not in postings}
        self.vocabulary = Vocabulary({word: len(found) for word, found in postings.items()} | extra)
        none = np.zeros(0, dtype=np.int32)
        self._anywhere = [postings.get(self.vocabulary.word(term), none) for term in range(len(self.vocabulary))]
        self._in_names = [
            _merged(names[word]) if (word := self.vocabulary.word(term)) in names else none
            for term in range(len(self.vocabulary))
        ]

    def _phrase_words(self) -> Iterable[tuple[str, ...]]:
        for need in self.needs.needs:
            yield from need.phrases
        for place in self.places.values():
            yield self._place_words(place)

    def _place_words(self, place: Place) -> tuple[str, ...]:
        words = split_words(place.name)
        return tuple(word for word in words if not self.needs.is_ignored(word)) or tuple(words)

    def _build_phrases(self) -> None:
        self.need_phrases: dict[int, list[Phrase]] = defaultdict(list)
        self.place_phrases: dict[int, list[Phrase]] = defaultdict(list)
        for need in self.needs.needs:
            for words in need.phrases:
                terms = tuple(map(self.vocabulary.term, words))
                self.need_phrases[terms[0]].append(Phrase(terms, need, None))
        for place in self.places.values():
            terms = tuple(map(self.vocabulary.term, self._place_words(place)))
            self.place_phrases[terms[0]].append(Phrase(terms, None, place))

    def _answering(self, need: Need) -> Bits:
        """Services of the need's types that have one of its target groups; what the need leaves out is not asked."""
        bits = self.types.having(need.types, self.size) if need.types else self.all
        if need.group_words:
            wanted = {term for word in need.group_words for term in self.vocabulary.forms(word)}
            chosen = [
                code
                for code in self.groups.values
                if any(
                    term in wanted
                    for word in split_words(self.group_names.get(code, ""))
                    for term in self.vocabulary.forms(word)
                )
            ]
            bits = bits & self.groups.having(chosen, self.size)
        return bits

    def having_terms(self, terms: Iterable[int], *, in_names: bool = False) -> Bits:
        """Services with at least one of the terms, anywhere or in their names."""
        postings = self._in_names if in_names else self._anywhere
        flags: NDArray[np.bool_] = np.zeros(self.size, dtype=bool)
        for term in terms:
            flags[postings[term]] = True
        return bitsets.from_flags(flags)


def build_index(
    entries: Sequence[Entry], places: Sequence[Place], group_names: Mapping[str, str], on: date
) -> CatalogIndex:
    """The index of these services as they are on that day, with the portal's own words of need."""
    return CatalogIndex(entries, places, group_names, load_needs(frozenset(service_types())), on)


def _listing_key(entry: Entry, on: date) -> tuple[bool, int, tuple[str, str], int]:
    return (
        entry.region_wide,
        _FRESHNESS_ORDER[freshness(entry.verified_on, on)],
        _sort_key(entry.name),
        entry.register_id,
    )


@lru_cache(maxsize=200_000)
def _sort_key(name: str) -> tuple[str, str]:
    return czech_sort_key(name)


def _positions_by_word(texts: Mapping[str, Sequence[int]]) -> dict[str, list[Sequence[int]]]:
    found: dict[str, list[Sequence[int]]] = defaultdict(list)
    for text, positions in texts.items():
        for word in set(split_words(text)):
            found[word].append(positions)
    return found


def _merged(parts: Sequence[Sequence[int]]) -> NDArray[np.int32]:
    if len(parts) == 1:
        return np.asarray(parts[0], dtype=np.int32)
    return np.unique(np.concatenate([np.asarray(part, dtype=np.int32) for part in parts]))
