"""Pages of free places: for the public, for the providers that keep them, for those to be told, for the kraj."""

from portal.waitlists.vacancies import jobs  # what the clock starts is known once it is imported
from portal.waitlists.vacancies.views import alerts, kept, public, unused
from portal.waitlists.vacancies.views.blueprint import bp

__all__ = ["alerts", "bp", "jobs", "kept", "public", "unused"]
