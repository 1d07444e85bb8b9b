"""Names with their frequencies: surnames of men and women, given names by year of birth."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

NAMES_FILE: Final = Path(__file__).with_name("names.toml")
FIRST_YEAR: Final = 1915
LAST_YEAR: Final = 2026
_SOFTENED: Final = {"d": "ď", "t": "ť", "n": "ň"}
_MIXING_SEED: Final = 1918  # only the order of the rare surnames; another order is another population


@dataclass(frozen=True)
class GivenNames:
    """``names[k]`` with ``cumulative[year - FIRST_YEAR, k]``, the share of the names up to k among those born then."""

    names: NDArray[np.object_]
    cumulative: NDArray[np.float64]

    def drawn(self, years: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
        """An index of ``names`` for each year of birth."""
        rows = np.clip(years, FIRST_YEAR, LAST_YEAR) - FIRST_YEAR
        picks = random.random(len(years))
        found = np.zeros(len(years), dtype=np.int64)
        for row in np.unique(rows):
            here = rows == row
            found[here] = np.searchsorted(self.cumulative[row], picks[here], side="right")
        return np.minimum(found, len(self.names) - 1)


@dataclass(frozen=True)
class Names:
    """Surnames as pairs of forms, native ones first in the order of frequency, then the foreign ones."""

    surnames_of_men: NDArray[np.object_]
    surnames_of_women: NDArray[np.object_]
    native: int
    shares: NDArray[np.float64]
    men: GivenNames
    women: GivenNames
    foreign_men: NDArray[np.object_]
    foreign_women: NDArray[np.object_]


def womens_form(surname: str, exceptions: dict[str, str] | None = None) -> str:
    """The surname of the wife or daughter: Novák Nováková, Svoboda Svobodová, Novotný Novotná, Krejčí Krejčí."""
    if exceptions and surname in exceptions:
        return exceptions[surname]
    if surname.endswith(("í", "ů", "ých")):
        return surname
    if surname.endswith("ý"):
        return surname[:-1] + "á"
    if surname.endswith(("a", "o", "e")):
        return surname[:-1] + "ová"
    if surname[-1:] not in ("c", "k"):  # most; the slow looks below concern these two
        return surname + "ová"
    fleeting = re.fullmatch(r"(.+[^aáeéěiíoóuúůyý])e([ck])", surname)
    if fleeting:
        return f"{fleeting[1]}{fleeting[2]}ová"
    softened = re.fullmatch(r"(.+)([dtn])ěk", surname)
    if softened:
        return f"{softened[1]}{_SOFTENED[softened[2]]}ková"
    return surname + "ová"


def _rare_surnames(parts: dict[str, Any], wanted: int, taken: set[str]) -> list[str]:
    """So many different invented surnames that nobody of ``taken`` bears, always the same ones."""
    built = {
        f"{opening}{middle}{ending}"
        for opening in parts["openings"]
        for middle in parts["middles"]
        for ending in parts["endings"]
    }
    ordered = sorted(built - taken)
    if len(ordered) < wanted:
        raise ValueError(f"only {len(ordered)} rare surnames of {wanted}")
    order = np.random.default_rng(_MIXING_SEED).permutation(len(ordered))
    return [ordered[place] for place in order[:wanted]]


def surname_shares(law: dict[str, float]) -> NDArray[np.float64]:
    """The shares of the surnames by rank, sum 1 (law of Zipf and Mandelbrot, ``[law]`` in names.toml)."""
    ranks = np.arange(1, int(law["surnames"]) + 1)
    shares = law["first"] * ((1 + law["shift"]) / (ranks + law["shift"])) ** law["exponent"]
    return shares / shares.sum()


def _given_names(table: dict[str, list[float]]) -> GivenNames:
    names = np.array(list(table), dtype=object)
    height, peak, spread = np.array(list(table.values()), dtype=float).T
    years = np.arange(FIRST_YEAR, LAST_YEAR + 1)[:, None]
    weights = height * np.exp(-(((years - peak) / spread) ** 2) / 2) + 0.05
    return GivenNames(names, np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1))


@cache
def load_names(path: Path = NAMES_FILE) -> Names:
    with path.open("rb") as file:
        content = tomllib.load(file)
    parts, law = content["surnames"], content["law"]
    common: list[str] = parts["common"]
    native = common + _rare_surnames(parts, int(law["surnames"]) - len(common), set(common))
    foreign = content["foreign"]["surnames"]
    women = [womens_form(name, parts["women"]) for name in native]
    return Names(
        surnames_of_men=np.array(native + [pair[0] for pair in foreign], dtype=object),
        surnames_of_women=np.array(women + [pair[1] for pair in foreign], dtype=object),
        native=len(native),
        shares=surname_shares(law),
        men=_given_names(content["men"]),
        women=_given_names(content["women"]),
        foreign_men=np.array(content["foreign"]["men"], dtype=object),
        foreign_women=np.array(content["foreign"]["women"], dtype=object),
    )
