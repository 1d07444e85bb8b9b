"""Writes the file, entry by entry, so that its size is bounded by the disk alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TextIO

from portal.demo.register.entries import FAULTS, GENTLE_TRAPS, TRAPS, Entry, make_entry, make_provider
from portal.demo.register.places import RegisterPlace, places_elsewhere, region_places

SERVICES_PER_PROVIDER = 3.3
REACHING_EVERY = 10  # of other regions' services, those that work in this whole region too
NEAR_SHARE = 0.85  # of further facilities: in the same ORP (one postal code here)


@dataclass(frozen=True)
class Recipe:
    """What the file should hold. The same recipe and seed give the same bytes.

    ``elsewhere``: share of services of other regions (the real file: 13 of 14); ``traps``: whether each trap of
    the register occurs (else only gentle ones); ``faults``: number of entries that break the form of the file;
    ``indent``: as in the real file 2, which makes it as large; None is compact; ``begins_with``: section of the Act
    and municipality of the first service, for a file that must hold a certain one.
    """

    services: int
    seed: int = 1
    elsewhere: float = 0.2
    traps: bool = True
    faults: int = 0
    indent: int | None = None
    begins_with: tuple[str, str] | None = None


@dataclass(frozen=True)
class Written:
    """What the file does hold."""

    services: int
    services_in_region: int
    facilities: int
    bytes: int
    traps: Counter[str] = field(default_factory=Counter)


def make_entries(recipe: Recipe, places: Sequence[RegisterPlace] | None = None) -> Iterator[tuple[Entry, str, bool]]:
    """Entries one by one, with the name of their trap ("" for none) and whether they are of the region."""
    random = Random(recipe.seed)
    here = tuple(places or region_places())
    elsewhere = places_elsewhere()
    traps = tuple(TRAPS) if recipe.traps else GENTLE_TRAPS
    # In the region every block of this length meets each trap once.
    every = len(traps) * (2 if recipe.traps else 5)
    providers: list[tuple[Entry, RegisterPlace]] = []
    in_region_number = 0
    for number in range(recipe.services):
        certain = recipe.begins_with if number == 0 else None
        of_region = random.random() >= recipe.elsewhere or certain is not None
        around = here if of_region else elsewhere
        weights = [place.weight for place in around]

        def pick(
            near: RegisterPlace | None = None,
            around: Sequence[RegisterPlace] = around,
            weights: Sequence[int] = weights,
        ) -> RegisterPlace:
            if near is not None and random.random() < NEAR_SHARE:
                around = [place for place in around if place.postcode == near.postcode]
                return random.choice(around)
            return random.choices(around, weights)[0]

        if len(providers) * SERVICES_PER_PROVIDER <= number:
            place = pick() if certain is None else next(place for place in around if place.name == certain[1])
            providers.append((make_provider(random, len(providers) + 1, place), place))
        provider, home = random.choice(providers)
        if home not in around:
            home = pick()
        entry = make_entry(random, number, provider, home, pick, certain and certain[0])
        trap = ""
        if of_region and certain is None:
            if in_region_number % every < len(traps):
                trap = traps[in_region_number % every]
                TRAPS[trap](random, entry)
            in_region_number += 1
        elif recipe.traps and not of_region and number % REACHING_EVERY == 0:
            trap, of_region = "reaches_in", True
            entry["rozsirenePusobnostiVKraji"] = [{"kraj": {"id": here[0].region}}]
        if number < recipe.faults:
            FAULTS[number % len(FAULTS)](entry)
        yield entry, trap, of_region


def write_register(path: Path, recipe: Recipe, places: Sequence[RegisterPlace] | None = None) -> Written:
    """Write a register file to ``path``; memory does not grow with its size."""
    counts: Counter[str] = Counter()
    services = in_region = facilities = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"polozky": [')
        for entry, trap, of_region in make_entries(recipe, places):
            _write_entry(file, entry, first=services == 0, indent=recipe.indent)
            services += 1
            in_region += of_region
            facilities += len(entry["zarizeni"])
            if trap:
                counts[trap] += 1
        file.write("\n]}\n")
    return Written(services, in_region, facilities, path.stat().st_size, counts)


def _write_entry(file: TextIO, entry: Entry, *, first: bool, indent: int | None) -> None:
    file.write("\n" if first else ",\n")
    json.dump(entry, file, ensure_ascii=False, indent=indent)
