"""Pages of municipal support: public reports, records of both sides, imports."""

from portal.grants.views import imports, outside, public, records
from portal.grants.views.blueprint import bp

__all__ = ["bp", "imports", "outside", "public", "records"]
