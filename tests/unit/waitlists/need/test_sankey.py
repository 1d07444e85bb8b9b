"""The Sankey chart tells the figures by its geometry: nothing overlaps, sticks out, or is thicker than its persons."""

import re
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.waitlists.need.calc.sankey import BAR, HEIGHT, TOP, WIDTH, lay_out

COLUMNS = (("used", "waited", "asked"), ("user", "waits"), ("stays", "left"), ("next", "nowhere"))
COLUMN_OF = {name: number for number, names in enumerate(COLUMNS) for name in names}
FORWARD = [(a, b) for a in COLUMN_OF for b in COLUMN_OF if COLUMN_OF[a] < COLUMN_OF[b]]
ROUNDING = 0.11  # places are told to a tenth of a pixel

links = st.dictionaries(st.sampled_from(FORWARD), st.integers(0, 5_000), max_size=len(FORWARD))
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def ends_of(path: str) -> tuple[float, float, float, float, float, float]:
    """x and both edges (upper, lower) at the beginning of a ribbon's outline, and the same at its end."""
    x0, y0, *_curve, x1, y1, _x1, y1_low = (float(number) for number in NUMBER.findall(path)[:10])
    y0_low = float(NUMBER.findall(path)[-1])
    return x0, y0, y0_low, x1, y1, y1_low


@given(links)
def test_bars_stand_in_their_columns_in_the_order_given_and_do_not_touch(found):
    drawn = lay_out(found, COLUMNS)
    for number, names in enumerate(COLUMNS):
        bars = [bar for bar in drawn.bars if bar.column == number]
        assert [bar.name for bar in bars] == [name for name in names if name in {bar.name for bar in bars}]
        assert all(upper.y + upper.height < lower.y for upper, lower in pairwise(bars))
        assert len({bar.x for bar in bars}) <= 1
    assert all(bar.y >= TOP and bar.y + bar.height <= HEIGHT - TOP + ROUNDING for bar in drawn.bars)
    assert all(0 <= bar.x <= WIDTH - BAR for bar in drawn.bars)


@given(links)
def test_a_bar_is_as_high_as_those_who_come_or_go_and_one_scale_holds_for_all(found):
    drawn = lay_out(found, COLUMNS)
    came, went = defaultdict(int), defaultdict(int)
    for (source, target), persons in found.items():
        went[source] += persons
        came[target] += persons
    assert {bar.name: bar.persons for bar in drawn.bars} == {
        name: max(came[name], went[name]) for name in {*came, *went} if max(came[name], went[name])
    }
    if drawn.bars:
        scale = max(bar.height / bar.persons for bar in drawn.bars if bar.persons == max(b.persons for b in drawn.bars))
        assert all(abs(bar.height - bar.persons * scale) <= 2 * ROUNDING for bar in drawn.bars)


@given(links)
def test_ribbons_fill_their_bars_from_above_without_gap_or_overlap(found):
    drawn = lay_out(found, COLUMNS)
    bars = {bar.name: bar for bar in drawn.bars}
    assert {(one.source, one.target): one.persons for one in drawn.ribbons} == {
        pair: persons for pair, persons in found.items() if persons
    }
    leaving, reaching = defaultdict(list), defaultdict(list)
    for ribbon in drawn.ribbons:
        x0, top0, low0, x1, top1, low1 = ends_of(ribbon.path)
        assert abs((low0 - top0) - (low1 - top1)) <= 2 * ROUNDING
        assert x0 == pytest.approx(bars[ribbon.source].x + BAR, abs=ROUNDING)
        assert x1 == pytest.approx(bars[ribbon.target].x, abs=ROUNDING)
        leaving[ribbon.source].append((top0, low0))
        reaching[ribbon.target].append((top1, low1))
    for side in (leaving, reaching):
        for name, edges in side.items():
            edges.sort()
            assert edges[0][0] == pytest.approx(bars[name].y, abs=ROUNDING)
            assert all(lower[0] == pytest.approx(upper[1], abs=2 * ROUNDING) for upper, lower in pairwise(edges))
            assert edges[-1][1] <= bars[name].y + bars[name].height + 2 * ROUNDING


def test_ribbons_of_one_bar_leave_in_the_order_of_their_ends_so_that_they_do_not_cross():
    drawn = lay_out({("user", "left"): 10, ("user", "stays"): 10}, COLUMNS)
    first, second = sorted(drawn.ribbons, key=lambda one: ends_of(one.path)[1])
    assert (first.target, second.target) == ("stays", "left")


def test_the_fullest_column_fills_the_height():
    drawn = lay_out({("used", "user"): 300, ("waited", "user"): 100, ("user", "stays"): 400}, COLUMNS)
    [user] = [bar for bar in drawn.bars if bar.name == "user"]
    lowest = max(bar.y + bar.height for bar in drawn.bars if bar.column == 0)
    assert lowest == pytest.approx(HEIGHT - TOP, abs=ROUNDING)
    assert user.height < HEIGHT - 2 * TOP  # one scale: the single bar leaves the room that others need for gaps


@pytest.mark.parametrize("nobody", [{}, {("used", "user"): 0}])
def test_where_nobody_goes_nothing_is_drawn(nobody):
    drawn = lay_out(nobody, COLUMNS)
    assert (drawn.bars, drawn.ribbons) == ((), ())


@pytest.mark.parametrize("backward", [("user", "used"), ("used", "waited"), ("user", "user")])
def test_a_link_that_leads_back_is_a_mistake(backward):
    with pytest.raises(ValueError, match="later column"):
        lay_out({backward: 1}, COLUMNS)
