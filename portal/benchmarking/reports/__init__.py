"""The provider's report as what is read on the page, in files and in JSON."""

from portal.benchmarking.reports.drawings import BULLET_WIDTH, SERIES_HEIGHT
from portal.benchmarking.reports.files import file_name, report_document, report_json, report_table
from portal.benchmarking.reports.page import contents_of, services_of
from portal.benchmarking.reports.releases import release_lines

__all__ = [
    "BULLET_WIDTH",
    "SERIES_HEIGHT",
    "contents_of",
    "file_name",
    "release_lines",
    "report_document",
    "report_json",
    "report_table",
    "services_of",
]
