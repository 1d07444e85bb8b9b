"""An attacker who reasons exactly: what a reader can *know* of the others from everything that is published.

The reader knows its own figures in every line, the register (who has which services) and all that is published, of
this quarter and earlier ones. What it can compute from that - mirrors, steps between quarters, products and ratios of
lines, equations of any kind - is a function of it. So a figure is known only if it is the same in every world that
agrees with all of it, and it is shown to be unknown by worlds that agree and in which it is another one. No number
that happens to lie near somebody's figure is a recovery; nobody could tell it from the others.

A world keeps the reader's figures and changes those of others in one type and quarter. What is published of other
types and quarters comes from other returns and is the same by itself; all lines of the type in the quarter must tell
the same figures, and hide where they hid. So differences between quarters and between metrics are covered.

A recovery is counted for a reader in a line of a quarter where a figure of somebody else is certain to the digit,
whoever it belongs to: it cannot move even by ``NUDGE`` (four thousandths) in any world that was found, alone or
together with one other provider. How far a provider of a given name may stand away is asked of each line by itself, in
``tests.factories.attacks.can_stand_elsewhere``.

Worlds are searched for, so a recovery is counted wherever none was found: the search can only be too hard on the rule.
The same search counts the recoveries of the naive rule, which tells the exact median of two and more providers.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from portal.core.quantiles import percentile
from portal.disclosure import Thresholds
from portal.disclosure.group import DECILES, MEDIAN, QUARTILES
from portal.disclosure.rules import rounded, why_hidden

NUDGE = 0.004
LIMITS = Thresholds()
HIDDEN = "hidden"
WAYS_OF_TWO = 24


def tell_by_rule(tops, bottoms):
    """What the portal's rule lets a line tell, before lines are looked at together: figures by statistic, or HIDDEN."""
    if why_hidden(tops, bottoms, LIMITS) is not None:
        return HIDDEN
    values = np.sort(tops / bottoms)
    middle = (percentile(values, 45) + percentile(values, 55)) / 2
    told = {MEDIAN: rounded(middle, LIMITS.significant_digits)}
    for names, needed in ((QUARTILES, LIMITS.quartiles_from), (DECILES, LIMITS.deciles_from)):
        if len(values) >= needed:
            told |= {name: rounded(percentile(values, at), LIMITS.significant_digits) for name, at in names.items()}
    return told


def tell_naively(tops, bottoms):
    """Names removed, exact median."""
    return {MEDIAN: float(np.median(tops / bottoms))} if len(tops) > 1 else HIDDEN


class Group:
    """All lines of one type in one quarter as they truly are, and the worlds that tell the same.

    ``lines``: GroupLines. ``parts``: for each line key numerator and denominator by provider (or holding). ``told``:
    keys of the lines that were published; the others stay hidden in every world.
    """

    def __init__(self, lines, parts, told, tell):
        self.lines = [line for line in lines if line.key in parts]
        self.icos = sorted({ico for line in self.lines for ico in parts[line.key]})
        self.place = {ico: at for at, ico in enumerate(self.icos)}
        shape = (len(self.lines), len(self.icos))
        self.tops, self.bottoms = np.full(shape, np.nan), np.full(shape, np.nan)
        for row, line in enumerate(self.lines):
            for ico, (top, bottom) in parts[line.key].items():
                self.tops[row, self.place[ico]], self.bottoms[row, self.place[ico]] = top, bottom
        self.values = self.tops / self.bottoms
        self.there = ~np.isnan(self.tops)
        self.is_told = np.array([line.key in told for line in self.lines])
        self.tell = tell
        self.base = [self._tell(row, self.tops[row], self.bottoms[row]) for row in range(len(self.lines))]
        self.fields = sorted({field for line in self.lines for field in _fields(line)})
        self._ways_of = {}
        self._nudged = {}

    def _tell(self, row, tops, bottoms):
        there = self.there[row]
        found = self.tell(tops[there], bottoms[there])
        return found if self.is_told[row] or found == HIDDEN else "hidden for the sake of others"

    def moved(self, changes):
        """Numerators and denominators after some providers' fields are multiplied: (provider, field, factor)."""
        tops, bottoms, rows = self.tops.copy(), self.bottoms.copy(), set()
        for at, field, factor in changes:
            for row, line in enumerate(self.lines):
                parts = _parts_of(line, field, tops[row, at], bottoms[row, at]) if self.there[row, at] else (0, 0)
                if any(parts):
                    rows.add(row)
                    tops[row, at] += (factor - 1) * parts[0]
                    bottoms[row, at] += (factor - 1) * parts[1]
        return tops, bottoms, rows

    def agrees(self, tops, bottoms, rows):
        """Whether the world tells the same in all lines that changed, and is one that can be."""
        for row in rows:
            if self.lines[row].metric in SHARES_OF_A_WHOLE and (tops[row] > bottoms[row]).any():
                return False
        return all(self._tell(row, tops[row], bottoms[row]) == self.base[row] for row in rows)

    def _ways(self, row):
        """Sets of fields that move the line's ratio upwards, and (turned) those that move it downwards; small first."""
        if row not in self._ways_of:
            above, *below = _fields(self.lines[row])
            rest = [field for field in self.fields if field not in (above, *below)]
            found = []
            for count in range(min(len(rest), 5) + 1):
                for more in combinations(rest, count):
                    found.append(((above, *more), False))
                    others = [field for field in below if field != above]
                    found.append(((*others, *more), True))
            self._ways_of[row] = found
        return self._ways_of[row]

    def recovered_without_name(self, row, reader):
        """Whether some other provider's figure is there to the digit in every world that was found."""
        return any(
            self.values[row, target] > 0 and not self._may_be_another(row, target, reader)
            for target in np.flatnonzero(self.there[row])
            if target != reader
        )

    def _may_be_another(self, row, target, reader):
        if (row, target) not in self._nudged:
            self._nudged[row, target] = self._who_lets_move(row, target)
        return bool(self._nudged[row, target] - {reader})

    def _who_lets_move(self, row, target):
        """With whose help the figure may move: the provider's own alone, or another's as well; two are enough."""
        found = set()
        for chosen, _ in self._ways(row):
            for factor in (1 + NUDGE, 1 - NUDGE):
                if self.agrees(*self.moved([(target, field, factor) for field in chosen])):
                    return {target}
        middle = np.median(self.values[row][self.there[row]])
        figure = self.values[row, target]
        near = sorted(np.flatnonzero(self.there[row]), key=lambda each: abs(self.values[row, each] - figure))
        for helper in near:
            own = self.values[row, helper]
            if helper == target or own == 0:
                continue
            for factor in (1 + NUDGE, 1 - NUDGE):
                for wanted in (own - figure * (factor - 1), 2 * middle - figure * factor):
                    if wanted > 0 and self._pair_agrees(row, target, helper, factor, wanted / own):
                        found.add(helper)
            if len(found) > 1:
                break
        return found

    def _pair_agrees(self, row, target, helper, factor, helpers_factor):
        for chosen, turned in self._ways(row)[:WAYS_OF_TWO]:
            by, helpers = (1 / factor, 1 / helpers_factor) if turned else (factor, helpers_factor)
            changes = [(at, field, each) for at, each in ((target, by), (helper, helpers)) for field in chosen]
            if self.agrees(*self.moved(changes)):
                return True
        return False


SHARES_OF_A_WHOLE = frozenset({"municipal_share", "direct_care_fte_share"})


def _fields(line):
    sides = (line.numerator.rpartition(" ")[0], line.denominator.rpartition(" ")[0])
    return [field for side in sides for field in side.strip("()").split(" + ")]


def _parts_of(line, field, top, bottom):
    """What of the numerator and of the denominator is the field: all, nothing, or what the rest of a sum leaves."""
    above, below = line.numerator.rpartition(" ")[0], line.denominator.rpartition(" ")[0]
    summands = below.strip("()").split(" + ")
    if len(summands) == 1:
        return (top if above == field else 0.0), (bottom if below == field else 0.0)
    assert above in summands, "the only sum of the shipped metrics is that of the share of direct care"
    assert len(summands) == 2
    return (top if above == field else 0.0), (top if above == field else bottom - top if field in summands else 0.0)


def recoveries(groups):
    """How many (reader, line) recover something, and how many there are."""
    hits, tries = [], 0
    for group in groups:
        for row in np.flatnonzero(group.is_told):
            for reader in np.flatnonzero(group.there[row]):
                tries += 1
                if group.recovered_without_name(row, reader):
                    hits.append((group.lines[row].key, group.icos[reader]))
    return hits, tries
