"""Pages of releases: what everybody reads, and how the kraj gets there."""

from portal.releases.views import public, region
from portal.releases.views.blueprint import bp
from portal.releases.views.offered import offered, offered_mark

__all__ = ["bp", "offered", "offered_mark", "public", "region"]
