"""What a reader asks of the catalogue, how the words were understood, and what is found. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from portal.catalog.calc import bitsets
from portal.catalog.calc.bitsets import Bits, Positions
from portal.catalog.calc.index import CatalogIndex, Phrase, Place
from portal.catalog.calc.needs import Need
from portal.catalog.calc.vocabulary import Match, WordMatch
from portal.catalog.calc.words import split_words
from portal.catalog.types import Form

MAX_WORDS = 12  # of one question; the rest is not read
MAX_QUERY_CHARS = 200
_NUMBER_DIGITS = range(5, 9)  # postcode, registration identifier, IČO: people write them with spaces


@dataclass(frozen=True)
class Wish:
    """The filters of one search. Values of one filter are alternatives; the filters hold together."""

    text: str = ""
    types: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    groups: tuple[str, ...] = ()
    orp: str | None = None
    municipality: str | None = None
    with_ended: bool = False

    @property
    def is_empty(self) -> bool:
        return self == Wish()


class Nearness(IntEnum):
    """Where a found service is, seen from the place that was asked for."""

    IN_MUNICIPALITY = 0
    IN_ORP = 1
    ELSEWHERE = 2  # the words of the place stand in its entry, or no place was asked for
    REGION_WIDE = 3


@dataclass(frozen=True)
class Understood:
    """How the words were read. ``matching`` are the services that answer, before the filters."""

    words: tuple[str, ...]  # that count; small words are left out
    matching: Bits
    in_names: tuple[Bits, ...]  # one for each word: services that are called so, or the likeliest answer to the need
    corrections: tuple[tuple[str, str], ...] = ()  # (typed, read as)
    unknown: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    places: tuple[Place, ...] = ()
    only_some: bool = False  # no service has all the words; these have the most of them


@dataclass(frozen=True)
class Found:
    """Answer to a wish: positions in the order shown, and counts of each filter's values under the other filters."""

    positions: Positions
    nearness: NDArray[np.uint8]  # of each position
    types: Mapping[str, int]
    forms: Mapping[str, int]
    groups: Mapping[str, int]
    orps: Mapping[str, int]
    municipalities: Mapping[str, int]  # of the chosen ORP; empty without one
    region_wide: int  # among those that the place is counted from
    ended: int
    understood: Understood | None

    @property
    def total(self) -> int:
        return len(self.positions)


def understand(index: CatalogIndex, text: str) -> Understood | None:
    """Read the words of a question; None when it holds none that count.

    A word is answered by a service that has a form of it, that answers a need the word is part of, or, for a word of
    a place, that is there, elsewhere in its ORP, or works in the whole region. All words have to be answered; where
    no service does that, those with the most words are taken.
    """
    words = _meaningful_words(index, text)
    if not words:
        return None
    matches = [index.vocabulary.match(word) for word in words]
    known = [number for number, match in enumerate(matches) if match.kind is not Match.NONE]
    answers = [index.having_terms(matches[number].terms) for number in known]
    in_names = [index.having_terms(matches[number].terms, in_names=True) for number in known]
    terms = [matches[number].terms for number in known]
    need_phrases = list(_phrases_in(terms, index.need_phrases))
    place_phrases = list(_phrases_in(terms, index.place_phrases))
    for start, phrase in need_phrases:
        _answer_need(index, phrase, range(start, start + len(phrase.terms)), answers, in_names)
    for start, phrase in place_phrases:
        _answer_place(index, phrase, range(start, start + len(phrase.terms)), answers)
    understood = Understood(
        words=tuple(words),
        matching=bitsets.empty(index.size),
        in_names=tuple(in_names),
        corrections=_corrections(words, matches),
        unknown=tuple(word for word, match in zip(words, matches, strict=True) if match.kind is Match.NONE),
        needs=tuple(dict.fromkeys(phrase.need for _start, phrase in need_phrases if phrase.need)),
        places=tuple(dict.fromkeys(phrase.place for _start, phrase in place_phrases if phrase.place)),
    )
    if not answers:
        return understood
    matching = np.bitwise_and.reduce(answers)
    if matching.any():
        return replace(understood, matching=matching, only_some=bool(understood.unknown))
    return replace(understood, matching=_most_words(index, answers), only_some=True)


def _meaningful_words(index: CatalogIndex, text: str) -> list[str]:
    words = split_words(text[:MAX_QUERY_CHARS])
    joined = "".join(words)
    if words and joined.isdigit() and len(joined) in _NUMBER_DIGITS:
        return [joined]
    return [word for word in dict.fromkeys(words) if not index.needs.is_ignored(word)][:MAX_WORDS]


def _corrections(words: Sequence[str], matches: Sequence[WordMatch]) -> tuple[tuple[str, str], ...]:
    return tuple((word, match.corrected) for word, match in zip(words, matches, strict=True) if match.corrected)


def _phrases_in(
    words: Sequence[frozenset[int]], phrases: Mapping[int, Sequence[Phrase]]
) -> Iterable[tuple[int, Phrase]]:
    """(start, phrase) of the longest phrases, from the left, none within another; equally long ones all."""
    start = 0
    while start < len(words):
        candidates = [
            phrase
            for term in words[start]
            for phrase in phrases.get(term, ())
            if len(phrase.terms) <= len(words) - start
            and all(term in words[start + offset] for offset, term in enumerate(phrase.terms))
        ]
        length = max((len(phrase.terms) for phrase in candidates), default=1)
        yield from ((start, phrase) for phrase in candidates if len(phrase.terms) == length)
        start += length


def _answer_need(
    index: CatalogIndex, phrase: Phrase, numbers: range, answers: list[Bits], in_names: list[Bits]
) -> None:
    assert phrase.need is not None
    bits = index.need_bits[phrase.need]
    likeliest = bits & index.types.having(phrase.need.types[:1], index.size) if phrase.need.types else bits
    for number in numbers:
        answers[number] = answers[number] | bits
        in_names[number] = in_names[number] & bits | likeliest  # "doma" is no reason to put "Azylové domy" first


def _answer_place(index: CatalogIndex, phrase: Phrase, numbers: range, answers: list[Bits]) -> None:
    assert phrase.place is not None
    there = _around(index, phrase.place)
    for number in numbers:
        answers[number] = answers[number] | there


def _around(index: CatalogIndex, place: Place) -> Bits:
    bits = index.municipalities.having([place.code], index.size) | index.region_wide
    if place.orp_code is not None:
        bits = bits | index.orps.having([place.orp_code], index.size)
    return bits


def _most_words(index: CatalogIndex, answers: Sequence[Bits]) -> Bits:
    """Services that answer the highest number of words, at least one."""
    hits = np.sum([bitsets.to_flags(bits, index.size) for bits in answers], axis=0)
    most = int(hits.max(initial=0))
    return bitsets.from_flags((hits == most) & (most > 0))


def find(index: CatalogIndex, wish: Wish, understood: Understood | None = None) -> Found:
    """Services that meet the wish, and for each filter what choosing another value would give.

    ``understood`` is ``understand(index, wish.text)`` where it is already known. A place includes what lies in its
    ORP and what works in the whole region; counts of places count only what lies there.
    """
    if understood is None and wish.text:
        understood = understand(index, wish.text)
    size = index.size
    text = understood.matching if understood else index.all
    types = index.types.having(wish.types, size) if wish.types else index.all
    forms = index.forms.having(wish.forms, size) if wish.forms else index.all
    groups = index.groups.having(wish.groups, size) if wish.groups else index.all
    place = _place_filter(index, wish)
    shown = index.all if wish.with_ended else ~index.ended & index.all
    here = text & place & shown
    anywhere = text & types & forms & groups & shown
    orp = _orp_of(index, wish)
    in_orp = index.municipalities_of_orp.get(orp, []) if orp else []
    positions, nearness = _ordered(index, wish, understood, anywhere & place)
    return Found(
        positions=positions,
        nearness=nearness,
        types=index.types.counts(here & forms & groups),
        forms=index.forms.counts(here & types & groups),
        groups=index.groups.counts(here & types & forms),
        orps=index.orps.counts(anywhere),
        municipalities=index.municipalities.counts(anywhere, in_orp),
        region_wide=bitsets.count(anywhere & index.region_wide),
        ended=bitsets.count(text & place & types & forms & groups & index.ended),
        understood=understood,
    )


def _orp_of(index: CatalogIndex, wish: Wish) -> str | None:
    """The ORP chosen, or that of the municipality chosen."""
    if wish.municipality and wish.municipality in index.places:
        return index.places[wish.municipality].orp_code
    return wish.orp


def _place_filter(index: CatalogIndex, wish: Wish) -> Bits:
    if not wish.municipality and not wish.orp:
        return index.all
    bits = index.region_wide
    if wish.municipality:
        bits = bits | index.municipalities.having([wish.municipality], index.size)
    if orp := _orp_of(index, wish):
        bits = bits | index.orps.having([orp], index.size)
    return bits


def _ordered(
    index: CatalogIndex, wish: Wish, understood: Understood | None, bits: Bits
) -> tuple[Positions, NDArray[np.uint8]]:
    """Ended ones last; where a place is asked for, near before far and region-wide last; then by words in names.

    Without a place the words come first: the one centre for victims of violence works in the whole region and is the
    best answer to "násilí". Equal ones stay in the order of the index, which has region-wide ones last.
    """
    positions = bitsets.to_positions(bits, index.size)
    nearness = _nearness(index, wish, understood, positions)
    rank = np.zeros(len(positions), dtype=np.uint8)
    if understood is not None:
        for names in understood.in_names:
            rank += ~bitsets.to_flags(names, index.size)[positions]
    if any(_asked_places(index, wish, understood)):
        rank += nearness << 4
    if wish.with_ended:
        rank += bitsets.to_flags(index.ended, index.size)[positions].astype(np.uint8) << 7
    order = np.argsort(rank, kind="stable")
    return positions[order], nearness[order]


def _nearness(
    index: CatalogIndex, wish: Wish, understood: Understood | None, positions: Positions
) -> NDArray[np.uint8]:
    def inside(bits: Bits) -> NDArray[np.bool_]:
        return bitsets.to_flags(bits, index.size)[positions]

    near = np.full(len(positions), Nearness.ELSEWHERE, dtype=np.uint8)
    near[inside(index.region_wide)] = Nearness.REGION_WIDE
    municipalities, orps = _asked_places(index, wish, understood)
    if orps:
        near[inside(index.orps.having(orps, index.size))] = Nearness.IN_ORP
    if municipalities:
        near[inside(index.municipalities.having(municipalities, index.size))] = Nearness.IN_MUNICIPALITY
    return near


def _asked_places(index: CatalogIndex, wish: Wish, understood: Understood | None) -> tuple[list[str], list[str]]:
    """Codes of municipalities and ORPs; a chosen filter outweighs a place among the words."""
    if wish.municipality or wish.orp:
        orp = _orp_of(index, wish)
        return [wish.municipality] if wish.municipality else [], [orp] if orp else []
    named = understood.places if understood else ()
    return (
        [place.code for place in named if not place.is_orp],
        [place.orp_code for place in named if place.orp_code is not None],
    )
