"""Pages of benchmarking: the comparison, metrics, norms, holdings."""

from portal.benchmarking import jobs  # what a worker does for the pages
from portal.benchmarking.views import comparison, holdings, metrics, norms, region, region_reports, report
from portal.benchmarking.views.blueprint import bp

__all__ = ["bp", "comparison", "holdings", "jobs", "metrics", "norms", "region", "region_reports", "report"]
