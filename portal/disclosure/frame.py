"""The only shape in which protected figures reach pages, charts, downloads and the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from portal.disclosure.rounding import rounded_all


class FigureState(StrEnum):
    """State of a computed figure: those of a cell, and UNDEFINED for a ratio whose denominator is zero."""

    VALUE = "value"
    ZERO = "zero"
    NOT_APPLICABLE = "not_applicable"
    NOT_SUPPLIED = "not_supplied"
    UNDEFINED = "undefined"
    HIDDEN = "hidden"

    @property
    def has_number(self) -> bool:
        return self in (FigureState.VALUE, FigureState.ZERO)


class Audience(StrEnum):
    """For whose eyes the figures were prepared."""

    REGION = "region"
    PROVIDER = "provider"
    MUNICIPALITY = "municipality"
    PUBLIC = "public"


_KEY = object()  # held by this package alone; see disclosed()


class DisclosedFrame:
    """An immutable table of figures that may be shown to its audience.

    Every row has a ``state`` (FigureState) and a ``value`` that is a number exactly when the state has one.
    """

    __slots__ = ("_audience", "_data")
    _audience: Audience
    _data: pd.DataFrame

    def __init__(self, key: object, data: pd.DataFrame, audience: Audience) -> None:
        if key is not _KEY:
            raise TypeError("a DisclosedFrame is made by the functions of portal.disclosure alone")
        _check_states(data)
        object.__setattr__(self, "_data", data.reset_index(drop=True).copy())
        object.__setattr__(self, "_audience", audience)

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("DisclosedFrame has no subclasses: one could leave the checks out")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a DisclosedFrame does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a DisclosedFrame does not change")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a DisclosedFrame is not stored: disclosure is decided anew for each reader")

    def __len__(self) -> int:
        return len(self._data)

    @property
    def audience(self) -> Audience:
        return self._audience

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(str(column) for column in self._data.columns)

    def to_frame(self) -> pd.DataFrame:
        """A copy: changing it changes nothing here."""
        return self._data.copy()

    def where(self, wanted: Sequence[bool]) -> DisclosedFrame:
        """Some of the rows, in their order: showing less needs no new decision."""
        return DisclosedFrame(_KEY, self._data[list(wanted)], self._audience)

    def arranged(
        self, by: str, name: str, keys: Sequence[str], columns: Sequence[str], *, absent: FigureState
    ) -> DisclosedFrame:
        """One row for each of the keys of column ``by``, in their order, the column called ``name`` and all named.

        A key without a row gets the state ``absent``; other columns that are not there are NaN. Raises ValueError for
        a key that has two rows, or a state that has a number.
        """
        if absent.has_number:
            raise ValueError(f"a row that is not there has no number, so it is not {absent}")
        if self._data[by].duplicated().any():
            raise ValueError(f"two rows for one {by}")
        found = self._data.set_index(by).reindex(list(keys))
        state = found["state"].astype(object)
        found = found.assign(state=state.where(state.notna(), absent)).rename_axis(name).reset_index()
        return DisclosedFrame(_KEY, found.reindex(columns=list(columns)), self._audience)

    def with_own(self, own: DisclosedFrame, by: str) -> DisclosedFrame:
        """These rows for the reader of ``own``, whose rows stand in place of those with the same key ``by``.

        Each row was disclosed by a rule of its own, and the reader of ``own`` may see both frames. Raises ValueError
        for a key that has two rows, or that is not here.
        """
        told = own._data.set_index(by).reindex(columns=[name for name in self.columns if name != by])
        whole = self._data.set_index(by)
        if not (told.index.is_unique and whole.index.is_unique and told.index.isin(whole.index).all()):
            raise ValueError(f"one row for each {by} that is there")
        rows = pd.concat([whole.drop(told.index), told]).reindex(whole.index)
        return DisclosedFrame(_KEY, rows.rename_axis(by).reset_index()[list(self.columns)], own._audience)

    def per(self, amounts: Sequence[float], times: float) -> DisclosedFrame:
        """Each number per a published amount (people of its area), times ``times``, rounded as ``rounded_all`` does.

        It tells no more than number and amount do, so its audience stays. Where the amount is not known (NaN): not
        supplied; where it is zero: not applicable. Rows without a number stay as they are.
        """
        below = np.asarray(amounts, dtype=np.float64)
        numbers = self._data["value"].to_numpy(dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(below > 0, rounded_all(numbers * times / below), np.nan)
        lost = np.where(np.isnan(below), FigureState.NOT_SUPPLIED, FigureState.NOT_APPLICABLE)
        state = np.where(np.isnan(found) & ~np.isnan(numbers), lost, self._data["state"].to_numpy(dtype=object))
        return DisclosedFrame(_KEY, self._data.assign(value=found, state=state), self._audience)

    def rows(self, places: Sequence[int] | None = None) -> list[dict[str, Any]]:
        """The rows (those at some places, in their order) as dictionaries in plain Python types, missing as None."""
        names, data = self.columns, self._data if places is None else self._data.iloc[list(places)]
        columns = [_plain(data[name]) for name in names]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def columns_of(self, *names: str) -> Iterator[tuple[Any, ...]]:
        """Some columns of the rows in plain Python types, missing numbers as None."""
        return zip(*(_plain(self._data[name]) for name in names), strict=True)


def disclosed(data: pd.DataFrame, audience: Audience) -> DisclosedFrame:
    """Wrap what a rule of this package has let through. Not for use outside of it."""
    return DisclosedFrame(_KEY, data, audience)


def _plain(column: pd.Series[Any]) -> list[Any]:
    items = column.to_numpy(dtype=object, copy=True)
    items[column.isna().to_numpy()] = None
    return list(items.tolist())


def _check_states(data: pd.DataFrame) -> None:
    lacking = {"state", "value"} - set(data.columns)
    if lacking:
        raise ValueError(f"figures need the columns {sorted(lacking)}")
    unknown = set(pd.unique(data["state"])) - set(FigureState)
    if unknown:
        raise ValueError(f"unknown states of figures: {sorted(map(str, unknown))}")
    with_number = data["state"].isin([state for state in FigureState if state.has_number])
    if (with_number != data["value"].notna()).any():
        raise ValueError("a figure has a number exactly when its state says so")
