"""Who counts as one: companies of one holding know each other's figures, so together they are one contributor."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd


def holders_of(holdings: Mapping[str, Collection[str]]) -> dict[str, str]:
    """For each IČO in a holding the key under which it counts; a provider without one counts by itself.

    ``holdings``: IČO of the members by the name of the holding. Holdings that share a member count as one: whoever
    belongs to both knows both.
    """
    found: dict[str, str] = {}
    for name in sorted(holdings):
        members = set(holdings[name])
        joined = {found[ico] for ico in members if ico in found}
        members |= {ico for ico, key in found.items() if key in joined}
        found.update(dict.fromkeys(members, f"holding {name}"))
    return found


def by_holder(contributions: pd.DataFrame, holdings: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """The contributions with the holder in place of the provider (``provider_ico``), so that one holding sums up."""
    holders = holders_of(holdings)
    if not holders:
        return contributions
    return contributions.assign(provider_ico=[holders.get(ico, ico) for ico in contributions["provider_ico"]])
