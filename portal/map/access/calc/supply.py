"""Which capacity stands at which place. Pure; the rule is that of the map: equal parts for open facilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from portal.catalog.types import service_types
from portal.map.access.types import FIXED_FORMS
from portal.map.types import Rest

SITE_COLUMNS = ["service_id", "municipality_code", "lon", "lat", "amount"]


@dataclass(frozen=True)
class Supply:
    """``sites``: SITE_COLUMNS, a row for each facility with a place and the part of the capacity that stands there.

    ``unplaced``: services some capacity of which has no place, by reason; ``unstated``: services of a fixed form
    without a stated amount in the unit; ``services``: those with an amount.
    """

    sites: pd.DataFrame
    unplaced: Mapping[Rest, int]
    unstated: int
    services: int


def fixed_capacities(capacities: pd.DataFrame, form: str | None) -> pd.DataFrame:
    """Entries of capacity of the forms people come to (or of one of them). Columns as of PlacedServices."""
    forms = [str(each) for each in FIXED_FORMS if form is None or each == form]
    return capacities[capacities["form"].isin(forms)]


def may_have_places(type_code: str | None, form: str | None) -> bool:
    """Whether the Act lets people come to services of the type and form, or live there (None: of any)."""
    kind = service_types().get(type_code or "")
    forms = FIXED_FORMS if kind is None else kind.forms
    return any(each in FIXED_FORMS for each in forms) and (form is None or form in FIXED_FORMS)


def placed_supply(
    services: pd.DataFrame, capacities: pd.DataFrame, facilities: pd.DataFrame, *, unit: str, form: str | None
) -> Supply:
    """Where the capacity of the services stands. Frames as of ``catalog.service.places.PlacedServices``.

    A service counts when it has an amount in ``unit`` in a fixed form. Its amount is divided equally among its open
    facilities, secret ones too; the part of one without a known place is left out and told in ``unplaced``.
    """
    fixed = fixed_capacities(capacities, form)
    stated = fixed[fixed["unit"] == unit].groupby("service_id")["amount"].sum(min_count=1).dropna()
    asked = services[services["service_id"].isin(fixed["service_id"])]
    known = facilities[facilities["service_id"].isin(stated.index)]
    parts = known.groupby("service_id")["service_id"].transform("size")
    amount = known["service_id"].map(stated) / parts
    placed = ~known["secret"].astype(bool) & known["lon"].notna()
    sites = known.assign(amount=amount.astype(float))[placed.to_numpy(dtype=bool)][SITE_COLUMNS]
    without = set(stated.index) - set(known["service_id"])
    region_wide = set(asked.loc[asked["region_wide"].astype(bool), "service_id"])
    secret = set(known.loc[known["secret"].astype(bool), "service_id"])
    unknown = set(known.loc[~known["secret"].astype(bool) & known["lon"].isna(), "service_id"]) | without
    reasons = {
        Rest.SECRET: len(secret),
        Rest.WHOLE_REGION: len(unknown & region_wide),
        Rest.UNKNOWN: len(unknown - region_wide),
    }
    return Supply(
        sites.reset_index(drop=True),
        {reason: count for reason, count in reasons.items() if count},
        int(asked["service_id"].nunique()) - len(stated),
        len(stated),
    )


def points_of(sites: pd.DataFrame) -> np.ndarray:
    """Longitude and latitude of the sites [m, 2]."""
    return sites[["lon", "lat"]].to_numpy(dtype=float)
