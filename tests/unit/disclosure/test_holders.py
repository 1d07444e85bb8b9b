"""Companies of one holding count once, since each of them knows the figures of all."""

import random

import numpy as np
import pytest

from portal.disclosure import GroupLine, content_sha256, holders_of, release_groups
from tests.factories.attacks import contributions, ratios, safe_medians

LINE = GroupLine("46", "use", "all", "hours", "time")


def told(world, holdings):
    (group,) = release_groups(contributions(world).assign(metric="use"), [LINE], holdings=holdings)
    return group


def icos(*places):
    return [f"{place:08d}" for place in places]


def test_holdings_that_share_a_member_count_as_one():
    found = holders_of({"A": ["1", "2"], "B": ["2", "3"], "C": ["4", "5"]})
    assert found["1"] == found["2"] == found["3"] != found["4"] == found["5"]
    assert "6" not in found
    assert len({*holders_of({"A": ["1", "2"], "B": ["3", "4"], "C": ["2", "3"]}).values()}) == 1


def test_a_group_of_six_companies_of_which_two_have_one_owner_is_hidden():
    world = [(60, 100), (50, 100), (70, 100), (80, 100), (40, 100), (90, 100)]
    assert not told(world, {}).is_hidden
    assert str(told(world, {"Holding": icos(0, 1)}).reason) == "too_few_providers"


def test_a_holding_stands_in_the_median_once_with_its_sum():
    world = [(10, 100), (90, 100), (30, 100), (40, 100), (60, 100), (70, 100), (80, 100)]
    # 0.1 and 0.9 become 0.5: of 0.3 0.4 0.5 0.6 0.7 0.8 the middle pair is 0.5 and 0.6
    assert told(world, {"Holding": icos(0, 1)}).figures["median"] == pytest.approx(0.55)


def test_the_sum_of_a_holding_may_dominate_where_no_member_does():
    world = [(50, 300), (50, 300), (50, 300), *[(10, 15)] * 6]
    assert not told(world, {}).is_hidden
    assert str(told(world, {"Holding": icos(0, 1, 2)}).reason) == "too_concentrated"


def test_a_holding_that_knows_all_but_one_reads_it_where_companies_are_counted_and_learns_nothing_here():
    """It tries every figure that the last one may have: where all that fit lie within 15 % of one, that is known."""
    chance = random.Random(3)
    by_company = 0
    for _ in range(40):
        world = [(round(chance.uniform(20, 120), 1), 100) for _ in range(7)]
        tried = np.linspace(0.01, 2, 4_000)
        worlds = np.column_stack([np.tile(ratios(world[:-1]), (len(tried), 1)), tried])
        fits = tried[np.isclose(safe_medians(worlds), told(world, {}).figures["median"])]
        by_company += fits.max() * 0.85 <= fits.min() * 1.15
        assert told(world, {"Holding": icos(*range(6))}).is_hidden
    assert by_company > 4


def test_the_digest_holds_the_holdings_and_is_the_old_one_without_any():
    plain = content_sha256("2026Q2", "1", [])
    assert plain == content_sha256("2026Q2", "1", [], {})
    once = content_sha256("2026Q2", "1", [], {"A": ["2", "1"]})
    assert once == content_sha256("2026Q2", "1", [], {"A": ["1", "2"]}) != plain


def test_without_contributions_nothing_is_told():
    nobody = contributions([]).assign(metric="use")
    assert release_groups(nobody, [LINE], holdings={"A": ["1", "2"]}) == ()
