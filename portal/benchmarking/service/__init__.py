"""The face of benchmarking; the modules hold the work, each one part of it."""

from portal.benchmarking.service.comparison import (
    Comparison,
    compare,
    figures_of_return,
    list_compared_types,
    list_lines,
    list_normed_lines,
    list_own_providers,
    list_periods,
)
from portal.benchmarking.service.drafts import Draft, Preview, draft_of, get_draft, preview_metric, save_metric
from portal.benchmarking.service.metrics import MetricRow, current_catalogue, evaluate_metric, list_metrics
from portal.benchmarking.service.norms import NormRow, change_norm, current_norms, get_norm, list_norms
from portal.benchmarking.service.notes import list_notes
from portal.benchmarking.service.region import Network, Standing, Wish, list_orps, network, standing, usual_form
from portal.benchmarking.service.releases import (
    ReleaseRow,
    freeze_groups,
    list_releases,
    periods_to_publish,
    publish_due,
    read_release,
    report_metrics,
    start_freezing,
)
from portal.benchmarking.service.report import ProviderReport, provider_report
from portal.benchmarking.service.values import read_values, recompute

__all__ = [
    "Comparison",
    "Draft",
    "MetricRow",
    "Network",
    "NormRow",
    "Preview",
    "ProviderReport",
    "ReleaseRow",
    "Standing",
    "Wish",
    "change_norm",
    "compare",
    "current_catalogue",
    "current_norms",
    "draft_of",
    "evaluate_metric",
    "figures_of_return",
    "freeze_groups",
    "get_draft",
    "get_norm",
    "list_compared_types",
    "list_lines",
    "list_metrics",
    "list_normed_lines",
    "list_norms",
    "list_notes",
    "list_orps",
    "list_own_providers",
    "list_periods",
    "list_releases",
    "network",
    "periods_to_publish",
    "preview_metric",
    "provider_report",
    "publish_due",
    "read_release",
    "read_values",
    "recompute",
    "report_metrics",
    "save_metric",
    "standing",
    "start_freezing",
    "usual_form",
]
