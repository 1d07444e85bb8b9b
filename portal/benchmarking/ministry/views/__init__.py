"""Pages of the ministry's reporting: imports, the reconciliation of a year, questions to providers."""

from portal.benchmarking.ministry.views import differences, imports, questions
from portal.benchmarking.ministry.views.blueprint import bp

__all__ = ["bp", "differences", "imports", "questions"]
