"""The auditor opens tables that are badly protected, and none that follow the rules."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from portal.disclosure import CountThresholds
from portal.disclosure.audit.attacks import Widths, attack_from_inside, attack_in_public, audit_counts
from portal.disclosure.audit.counts import tell
from portal.disclosure.audit.knowledge import Known, SameSum, SameWhole, Within, known_of
from portal.disclosure.audit.protecting import protect
from portal.disclosure.audit.report import Attack
from tests.factories.tables import RELATIONS, SAME_SUM, related_tables, single_table, tables_of_needs

LIMITS = CountThresholds()
RELEASES = 200


def hidden_one_to_four(persons, period="2026Q1"):
    """The rule that falls: counts of 1 to 4 are blanked, everything else and all totals are told exactly."""
    hidden = (persons >= 1) & (persons <= 4)
    rows, columns = (tuple(map(str, range(size))) for size in persons.shape)
    lower, upper = np.where(hidden, 1.0, persons), np.where(hidden, 4.0, persons)
    return Known(period, "t", rows, columns, lower, upper, hidden, persons.sum(axis=1), persons.sum(axis=0))


def test_hiding_one_to_four_is_opened_in_at_least_a_fifth_of_the_hidden_cells():
    rng = np.random.default_rng(4)
    hidden = exact = 0
    for _ in range(20):
        persons = rng.negative_binomial(0.7, 0.02, size=(13, 33)).astype(float)
        result = attack_in_public([hidden_one_to_four(persons)], ())
        hidden += result.looked_at
        exact += result.exact
        assert result.exact + result.too_narrow == result.looked_at  # 1 to 4 is narrower than 5 in any case
        for finding in result.findings:
            assert finding.lower <= persons[int(finding.row), int(finding.column)] <= finding.upper
    assert exact / hidden >= 0.2


def test_no_release_under_the_rules_is_opened():
    rng = np.random.default_rng(5)
    earlier, told_numbers, hidden = [], 0, 0
    for number in range(RELEASES):
        tables = related_tables(rng, persons=int(rng.integers(30, 1200)))
        told = protect(tables, f"quarter {number}", RELATIONS, LIMITS)
        audit = audit_counts(told, tables, RELATIONS, earlier, LIMITS)
        assert [(result.exact, result.too_narrow) for result in audit.results] == [(0, 0)] * 3
        assert audit.passed
        assert all(result.looked_at for result in audit.results)
        earlier += told
        told_numbers += sum(int((~np.isnan(table.told)).sum()) for table in told)
        hidden += audit.result(Attack.PUBLIC).looked_at
    assert told_numbers > 0.15 * (told_numbers + hidden)  # safe because of the rule, not because nothing is told


def test_without_the_rule_for_insiders_providers_learn_of_others():
    rng = np.random.default_rng(6)
    fallen = 0
    for _ in range(5):
        tables = related_tables(rng, persons=300)
        truth = {("q", table.name): table for table in tables}
        careless = [tell(replace(table, own=table.own.iloc[:0]), "q", LIMITS) for table in tables]
        result = attack_from_inside([known_of(table, LIMITS) for table in careless], RELATIONS, truth)
        fallen += len(result.findings)
        for finding in result.findings:
            table = truth["q", finding.table]
            own = table.own.set_index(["holder", "row", "column"])["persons"]
            others = (
                table.persons[int(finding.row), int(finding.column)] - own[finding.holder, finding.row, finding.column]
            )
            assert finding.lower <= others <= finding.upper
    assert fallen > 20


def test_a_quarter_told_again_after_a_correction_falls_by_difference():
    before, after = single_table([[12, 40], [3, 9]]), single_table([[12, 40], [3, 9]])
    first = tell(before, "2026Q1", LIMITS)
    exactly = hidden_one_to_four(np.array([[12.0, 40.0], [3.0, 9.0]]))
    again = replace(exactly, name="waiting")
    assert attack_in_public([known_of(first, LIMITS)], ()).passed
    both = attack_in_public([known_of(first, LIMITS), again], ())
    assert [(finding.row, finding.column, finding.lower, finding.upper) for finding in both.findings] == [
        ("1", "0", 3, 3)
    ]
    audit = audit_counts([tell(after, "2026Q1", LIMITS)], [after], (), [first], LIMITS)
    assert audit.result(Attack.DIFFERENCE).passed  # the same numbers again tell nothing new


def test_a_correction_told_again_contradicts_what_was_told():
    first, corrected = single_table([[12]]), single_table([[40]])
    told = tell(corrected, "2026Q1", LIMITS)
    audit = audit_counts([told], [corrected], (), [tell(first, "2026Q1", LIMITS)], LIMITS)
    assert audit.result(Attack.PUBLIC).passed
    assert audit.result(Attack.DIFFERENCE).contradictory
    assert not audit.passed


def test_a_later_correction_by_few_persons_narrows_the_old_cell():
    """A hidden cell told once as withheld and once as "less than 8" is narrower than either."""
    old = single_table([[6, 30]], own=[("A", 0, 0, 6)])
    new = single_table([[6, 30]], own=[("A", 0, 1, 1)])
    early, late = tell(old, "q", LIMITS), tell(new, "q", LIMITS)
    assert np.isnan(early.told[0, 0])
    assert not early.below[0, 0]
    assert late.below[0, 0]
    audit = audit_counts([late], [new], (), [early], LIMITS)
    assert audit.result(Attack.DIFFERENCE).looked_at == 1


def test_related_tables_narrow_each_other_and_are_withheld():
    """Ten persons or so of one type have to stand in the two situations; each of which is told as less than 8."""
    types, situations = single_table([[12]], name="waiting"), single_table([[6], [6]], name="situations")
    relation = (SameWhole("waiting", "situations"),)
    plain = [tell(table, "q", LIMITS) for table in (types, situations)]
    result = attack_in_public([known_of(table, LIMITS) for table in plain], relation)
    assert [(finding.lower, finding.upper) for finding in result.findings] == []  # 10 may be 8: 1 to 7 remain
    wider = single_table([[16]], name="waiting")
    three = single_table([[6], [6], [4]], name="situations")
    plain = [tell(table, "q", LIMITS) for table in (wider, three)]
    result = attack_in_public([known_of(table, LIMITS) for table in plain], relation)
    assert result.passed  # 13 of 21: no cell is pressed
    tight = single_table([[14]], name="waiting")
    plain = [tell(table, "q", LIMITS) for table in (tight, situations)]
    result = attack_in_public([known_of(table, LIMITS) for table in plain], relation)
    assert {(finding.table, finding.lower, finding.upper) for finding in result.findings} == {("situations", 6, 7)}
    told = protect([tight, situations], "q", relation, LIMITS)
    assert audit_counts(told, [tight, situations], relation, [], LIMITS).passed
    assert np.isnan(told[1].told).all()
    assert not told[1].below.any()


def test_tables_of_the_same_persons_tell_of_each_other_by_their_sums():
    """Eight persons by type, "10" for everybody, are eight by situation: of the other one at most four remain."""
    wanted, needs = single_table([[8]], name="wanted"), single_table([[8], [0]], name="needs")
    plain = [tell(table, "q", LIMITS) for table in (wanted, needs)]
    known = [known_of(table, LIMITS) for table in plain]
    assert attack_in_public(known, (SameWhole("wanted", "needs"),)).passed  # it knows of no sum
    result = attack_in_public(known, (SameSum("wanted", "needs"),))
    assert [(finding.row, finding.lower, finding.upper) for finding in result.findings] == [("1", 0, 4)]
    for first, second in ((wanted, needs), (needs, wanted)):
        relation = (SameSum(first.name, second.name),)
        told = protect([first, second], "q", relation, LIMITS)
        assert audit_counts(told, [first, second], relation, [], LIMITS).passed
        assert told[1].hidden.all()  # the second one gives way
        assert np.array_equal(told[0].told, tell(first, "q", LIMITS).told, equal_nan=True)


def test_no_needs_under_the_rules_are_opened_and_without_the_rule_municipalities_learn_of_others():
    rng = np.random.default_rng(7)
    shown = hidden = careless = 0
    for number in range(40):
        tables = tables_of_needs(rng, municipalities=int(rng.integers(3, 60)))
        told = protect(tables, f"quarter {number}", SAME_SUM, LIMITS)
        audit = audit_counts(told, tables, SAME_SUM, [], LIMITS)
        assert audit.passed
        shown += sum(int((~np.isnan(table.told)).sum()) for table in told)
        hidden += sum(int(table.hidden.sum()) for table in told)
        without = protect([replace(table, own=table.own.iloc[:0]) for table in tables], "q", SAME_SUM, LIMITS)
        truth = {("q", table.name): table for table in tables}
        careless += len(attack_from_inside([known_of(table, LIMITS) for table in without], SAME_SUM, truth).findings)
    assert shown > 0.15 * (shown + hidden)
    assert careless > 40


def test_a_cell_of_which_nobody_told_anything_is_said_to_be_so_and_counts_nobody():
    table = replace(single_table([[0, 12], [30, 3]]), absent=np.array([[True, False], [False, False]]))
    told = tell(table, "q", LIMITS)
    assert np.isnan(told.told[0, 0])
    assert not told.below[0, 0]
    assert not told.hidden[0, 0]
    assert [bound[0, 0] for bound in told.bounds(LIMITS)] == [0, 0]
    assert audit_counts([told], [table], (), [], LIMITS).result(Attack.PUBLIC).looked_at == 1
    with pytest.raises(ValueError, match="where nobody told anything"):
        tell(replace(table, absent=np.array([[False, False], [True, False]])), "q", LIMITS)


def test_a_municipality_is_asked_of_joined_cells_where_it_has_nobody():
    needs = single_table([[5], [3]], own=[("A", 0, 0, 5)], name="needs")
    wanted = single_table([[5], [3]], own=[("A", 0, 0, 5)], name="wanted")
    told = [tell(table, "q", LIMITS) for table in (needs, wanted)]
    truth = {("q", table.name): table for table in (needs, wanted)}
    known = [known_of(table, LIMITS) for table in told]
    assert attack_from_inside(known, (), truth).looked_at == 2
    assert attack_from_inside(known, (SameSum("needs", "wanted"),), truth).looked_at == 4


def test_unmet_persons_are_among_those_who_wait():
    waiting, unmet = single_table([[6]], name="waiting"), single_table([[6]], name="unmet", own=[("A", 0, 0, 5)])
    relation = (Within("unmet", "waiting"),)
    told = [tell(table, "q", LIMITS) for table in (waiting, unmet)]
    audit = audit_counts(told, [waiting, unmet], relation, [], LIMITS)
    assert audit.passed
    assert audit.result(Attack.INSIDER).closest == 2  # of 5 to 7 persons, 5 are its own


@cache
def worlds():
    """What is told in every world of two providers with some persons each: by their numbers."""
    found = {}
    for own, rest in product(range(40), range(40)):
        table = single_table([[own + rest]], own=[("A", 0, 0, own), ("B", 0, 0, rest)])
        told = tell(table, "q", LIMITS)
        found[own, rest] = (float(np.nan_to_num(told.told[0, 0], nan=-1)), bool(told.below[0, 0]))
    return found


def test_withholding_tells_the_larger_provider_no_more_than_a_number_would():
    """It knows the rule and its own persons: three numbers of others at least agree with what it sees."""
    told = worlds()
    for (own, rest), seen in told.items():
        if own >= max(rest, 6) and own < 36:
            assert sum(told[own, other] == seen for other in range(40)) >= 3


def test_less_than_eight_leaves_six_numbers_even_where_there_is_one_provider_only():
    told = worlds()
    assert [own for own in range(40) if told[own, 0] == (-1.0, True)] == [0, 1, 2, 3, 4, 5]
    assert {told[own, 0] for own in range(6, 40)} == {(-1.0, False)}  # nothing else is ever said of it


def test_widths_are_never_laxer_than_the_defaults():
    with pytest.raises(ValueError, match="laxer"):
        Widths(public=4)
    with pytest.raises(ValueError, match="laxer"):
        Widths(insider=1)


def test_a_table_with_more_own_persons_than_there_are_is_a_mistake():
    with pytest.raises(ValueError, match="more persons than there are"):
        tell(single_table([[3]], own=[("A", 0, 0, 4)]), "q", LIMITS)
    with pytest.raises(ValueError, match="outside"):
        tell(single_table([[3]], own=[("A", 5, 0, 1)]), "q", LIMITS)
