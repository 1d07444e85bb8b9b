"""Pages of releases: what everybody reads, and how the kraj gets there."""

from portal.releases.views import public, region
from portal.releases.views.blueprint import bp

__all__ = ["bp", "public", "region"]
