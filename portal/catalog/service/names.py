"""Names for features that know only codes: of providers by IČO, of target groups."""

from __future__ import annotations

from collections.abc import Collection

from portal.catalog.queries import columns, names


def provider_names(icos: Collection[str]) -> dict[str, str]:
    """Names of those of the IČO that the catalogue knows; the others are left out."""
    return names.provider_names(icos)


def target_group_names() -> dict[str, str]:
    """Names of the target groups of the register's list by code. One query."""
    return columns.code_list("target_groups")
