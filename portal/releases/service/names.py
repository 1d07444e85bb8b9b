"""What the codes of published tables mean, in both languages, to be kept with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portal.catalog.types import service_types
from portal.needs.types import NO_TYPE
from portal.releases.types import PublicTable
from portal.returns.service import residence_words
from portal.territory.service import list_units
from portal.territory.types import Level
from portal.waitlists.types import OUTSIDE, UNKNOWN

LANGUAGES = ("cs", "en")
NO_TYPE_NAMES = {"cs": "druh služby neuveden", "en": "no type of service named"}

Names = Mapping[str, str]  # by language


def table_names(tables: Iterable[PublicTable]) -> dict[str, Names]:
    """Names of all rows and columns of the tables by code. Some four statements."""
    words = {language: residence_words(language) for language in LANGUAGES}
    types, orps = service_types(), {unit.code: unit.name for unit in list_units(Level.ORP)}
    codes = {code for table in tables for code in (*table.rows, *table.columns)}
    found: dict[str, Names] = {}
    for code in sorted(codes):
        if code in (OUTSIDE, UNKNOWN):
            found[code] = {language: words[language].places.label(code) for language in LANGUAGES}
        elif code == NO_TYPE:
            found[code] = NO_TYPE_NAMES
        elif code in types:
            found[code] = {language: types[code].name_with_section(language) for language in LANGUAGES}
        elif code in words["cs"].situations:
            found[code] = {language: words[language].situations[code] for language in LANGUAGES}
        else:
            found[code] = dict.fromkeys(LANGUAGES, orps.get(code, code))
    return found
