"""Pages of need; the modules put their routes on the blueprint."""

from portal.waitlists.need import jobs  # what a worker does for the pages
from portal.waitlists.need.views import flow, need, waiting
from portal.waitlists.need.views.blueprint import bp, publish_by

__all__ = ["bp", "flow", "jobs", "need", "publish_by", "waiting"]
