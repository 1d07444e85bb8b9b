"""Pages of benchmarking: the comparison, metrics, norms."""

from portal.benchmarking import jobs  # what a worker does for the pages
from portal.benchmarking.views import comparison, metrics, norms, region, region_reports, report
from portal.benchmarking.views.blueprint import bp

__all__ = ["bp", "comparison", "jobs", "metrics", "norms", "region", "region_reports", "report"]
