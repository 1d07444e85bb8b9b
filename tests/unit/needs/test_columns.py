"""Words of files of needs are looked up folded."""

from portal.core.czech import fold
from portal.needs.ingest.columns import HEADINGS, LEFT_OUT, REASON_BY_WORD


def test_words_are_written_as_they_are_looked_up():
    words = {*LEFT_OUT, *REASON_BY_WORD, *(name for names in HEADINGS.values() for name in names)}
    assert words == {fold(word) for word in words}
