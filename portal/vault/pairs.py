"""Linking inside the vault: records are compared here, only references of persons leave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from portal.vault.linking.linking import Known, link
from portal.vault.linking.rules import Rules
from portal.vault.linking.types import Decision, Links
from portal.vault.loading import LoadedDigests
from portal.vault.types import LinkedPersons, PersonGroup, PersonPair, RefPair


def link_persons(
    loaded: LoadedDigests, rules: Rules, same: Sequence[RefPair], different: Sequence[RefPair]
) -> LinkedPersons:
    """Weigh all records and tell what follows for persons; see ``Vault.link``. References nobody has are left out."""
    refs = [row.tobytes() for row in loaded.refs]
    first = np.full(len(refs), -1, np.int64)
    first[loaded.persons[::-1]] = np.arange(len(loaded.persons) - 1, -1, -1)  # the earliest record of each person
    known = Known(same=_records_of(refs, first, same), different=_records_of(refs, first, different))
    digests, present = _with_all_kinds(loaded, len(rules.kinds))
    links = link(digests, present, rules, known=known)
    return LinkedPersons(
        pairs=_pairs(loaded, links, refs),
        groups=_groups(loaded, links, refs, first),
        persons=len(refs),
        records=len(loaded.persons),
        compared=links.compared,
        left_out=links.left_out,
    )


def _records_of(refs: Sequence[bytes], first: NDArray[np.int64], pairs: Sequence[RefPair]) -> NDArray[np.int64]:
    numbers = {ref: number for number, ref in enumerate(refs)} if pairs else {}
    rows = [(first[numbers[a]], first[numbers[b]]) for a, b in pairs if a in numbers and b in numbers]
    return np.array(rows, np.int64).reshape(-1, 2)


def _with_all_kinds(loaded: LoadedDigests, kinds: int) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """A vault whose records were made before a kind was added, or an empty one, lacks columns."""
    lacking = max(kinds - loaded.kinds, 0)
    return (
        np.pad(loaded.digests, ((0, 0), (0, lacking), (0, 0)))[:, :kinds],
        np.pad(loaded.present, ((0, 0), (0, lacking)))[:, :kinds],
    )


def _pairs(loaded: LoadedDigests, links: Links, refs: Sequence[bytes]) -> list[PersonPair]:
    """The likeliest pair of records for each two persons; records of one person make no pair."""
    one, other = loaded.persons[links.i], loaded.persons[links.j]
    low, high = np.minimum(one, other), np.maximum(one, other)
    _, chosen = np.unique(np.stack([low, high], axis=1), axis=0, return_index=True)
    return [
        PersonPair(
            a=refs[low[row]],
            b=refs[high[row]],
            agreeing=int(links.agreeing[row]),
            weight=float(links.weight[row]),
            probability=float(links.probability[row]),
            decision=Decision(int(links.decision[row])).name.lower(),
        )
        for row in np.sort(chosen).tolist()
        if low[row] != high[row]
    ]


def _groups(loaded: LoadedDigests, links: Links, refs: Sequence[bytes], first: NDArray[np.int64]) -> list[PersonGroup]:
    """Persons who belong to an earlier one; all others are alone or the first of theirs."""
    sure, probable = loaded.persons[links.sure[first]], loaded.persons[links.probable[first]]
    mine = np.arange(len(refs))
    joined = np.flatnonzero((sure != mine) | (probable != mine))
    return [PersonGroup(refs[row], refs[sure[row]], refs[probable[row]]) for row in joined.tolist()]
