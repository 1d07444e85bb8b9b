"""Digests of the invented records under a key of the trial.

In the portal a digest comes from the oblivious function and a second key; here a keyed hash stands for both. Two are
equal exactly where the portal's would be, and linking sees nothing but that.
"""

from __future__ import annotations

from functools import partial
from hashlib import blake2b
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from portal.identity.kinds import KINDS, linkage_inputs, oprf_input
from portal.identity.types import Identity

DIGEST_BYTES: Final = 16
TRIAL_KEY: Final = b"only for trials with invented people"
_FIELDS: Final = ("given_name", "surname", "date_of_birth", "birth_number", "sex", "municipality_code")


def digests_of(records: pd.DataFrame, key: bytes = TRIAL_KEY) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Digests [n, kinds, 2] as two words each and whether they are there [n, kinds], for records of the generator."""
    keyed = partial(blake2b, digest_size=DIGEST_BYTES, key=key)
    rows = list(zip(*(records[field].tolist() for field in _FIELDS), strict=True))
    absent = bytes(DIGEST_BYTES)
    found: dict[tuple[str, ...], bytes] = {}
    present: dict[tuple[str, ...], tuple[bool, ...]] = {}
    for row in rows:
        if row not in found:
            inputs = linkage_inputs(Identity(*row))
            found[row] = b"".join(
                absent if text is None else keyed(oprf_input(kind, text)).digest() for kind, text in enumerate(inputs)
            )
            present[row] = tuple(text is not None for text in inputs)
    joined = b"".join([found[row] for row in rows])
    digests = np.frombuffer(joined, dtype="<u8").reshape(len(rows), len(KINDS), 2)
    return digests, np.array([present[row] for row in rows], dtype=np.bool_)
