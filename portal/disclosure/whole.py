"""Exact figures: of everybody for the kraj, of one's own for a provider."""

from __future__ import annotations

import pandas as pd

from portal.core.errors import Forbidden
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.disclosure.frame import Audience, DisclosedFrame, disclosed


def exact_for_region(data: pd.DataFrame, actor: Actor) -> DisclosedFrame:
    """All rows exactly, for a role of the kraj that may compare all services. Raises Forbidden for anybody else."""
    if not actor.is_regional or not actor.can(Permission.COMPARE_ALL):
        raise Forbidden(_m("Exact figures of all services are for the region alone."))
    return disclosed(data, Audience.REGION)


def own_for_provider(data: pd.DataFrame, actor: Actor) -> DisclosedFrame:
    """The actor's own rows exactly (column ``provider_ico``).

    Raises Forbidden when a row belongs to a provider that the actor may not see, rather than leave it out: a query
    that fetched too much is a mistake to be found.
    """
    for ico in data["provider_ico"].unique():
        if not any(actor.can_for_provider(each, str(ico)) for each in (Permission.COMPARE_ALL, Permission.COMPARE_OWN)):
            raise Forbidden(_m("Figures of another provider are not yours to see."))
    return disclosed(data, Audience.REGION if actor.can(Permission.COMPARE_ALL) else Audience.PROVIDER)
