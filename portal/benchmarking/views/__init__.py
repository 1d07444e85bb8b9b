"""Pages of benchmarking: the comparison, metrics, norms."""

from portal.benchmarking.views import comparison, metrics, norms, region, report
from portal.benchmarking.views.blueprint import bp

__all__ = ["bp", "comparison", "metrics", "norms", "region", "report"]
