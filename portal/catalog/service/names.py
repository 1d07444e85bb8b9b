"""Names of providers for features that know only the IČO."""

from __future__ import annotations

from collections.abc import Collection

from portal.catalog.queries import names


def provider_names(icos: Collection[str]) -> dict[str, str]:
    """Names of those of the IČO that the catalogue knows; the others are left out."""
    return names.provider_names(icos)
