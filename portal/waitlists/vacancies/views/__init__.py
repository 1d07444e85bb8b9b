"""Pages of free places: for the public, for the providers that keep them."""

from portal.waitlists.vacancies.views import kept, public
from portal.waitlists.vacancies.views.blueprint import bp

__all__ = ["bp", "kept", "public"]
