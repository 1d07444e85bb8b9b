"""What the collector of memory looks at while pages are answered."""

from __future__ import annotations

import gc

YOUNG = 50_000  # objects made since the last look before the next one; a page of a large table makes as many


def keep_started() -> None:
    """Leave what was loaded until now out of the collector's sight, and let it look less often.

    The loaded program is half a million objects that live as long as the process. Looking through them after every few
    thousand objects of a page took up to a third of the page's time, and wrote into memory that processes share.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
