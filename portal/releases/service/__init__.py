"""The face of releases."""

from portal.releases.service.preparing import PREPARE_JOB
from portal.releases.service.reading import Preview, QuarterRow, list_quarters, read_preview
from portal.releases.service.working import (
    audit_release,
    build,
    opened,
    publish,
    start_preparing,
    write_missing_files,
)

__all__ = [
    "PREPARE_JOB",
    "Preview",
    "QuarterRow",
    "audit_release",
    "build",
    "list_quarters",
    "opened",
    "publish",
    "read_preview",
    "start_preparing",
    "write_missing_files",
]
