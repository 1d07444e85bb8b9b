"""Who may see which territory the portal works with."""

from tests.access.rows import ADMINISTRATOR, AUDITOR, Row

ROWS = (Row("territory.versions", "GET", frozenset({ADMINISTRATOR, AUDITOR})),)
