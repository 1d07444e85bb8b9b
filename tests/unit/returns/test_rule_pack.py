"""Files of rules: what is in them, and what is refused."""

import pytest

from portal.returns.data_files import DefinitionError
from portal.returns.rules.pack import FOLDER, packs, read_pack, read_packs, rules_for
from portal.returns.types import Period

GOOD = (FOLDER / "rules_2015.toml").read_text("utf-8")


def written(folder, text, name="rules.toml"):
    (folder / name).write_text(text, "utf-8")
    return folder / name


def test_rules_are_there_for_every_quarter_that_has_a_form():
    codes = [rule.code for rule in rules_for(Period(2015, 1))]
    assert codes == [rule.code for rule in packs()[-1].rules]
    assert {"missing", "bed_days_within_beds", "unusual_against_history", "unusual_against_group"} <= set(codes)
    assert rules_for(Period(2014, 4)) == ()


def test_every_rule_speaks_both_languages():
    for rule in rules_for(Period(2026, 1)):
        for text in filter(None, (rule.message, rule.ceased)):
            assert text.cs != text.en


def test_two_files_for_one_quarter_are_refused(tmp_path):
    written(tmp_path, GOOD, "a.toml")
    written(tmp_path, GOOD.replace('first_period = "2015Q1"', 'first_period = "2026Q1"'), "b.toml")
    with pytest.raises(DefinitionError, match="valid for 2026Q1"):
        read_packs(tmp_path)
    ended = GOOD.replace('first_period = "2015Q1"', 'first_period = "2015Q1"\nlast_period = "2025Q4"')
    written(tmp_path, ended, "a.toml")
    assert [pack.is_valid_for(Period(2026, 1)) for pack in read_packs(tmp_path)] == [False, True]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('first_period = "2015Q1"', "", "first_period is missing"),
        ('first_period = "2015Q1"', 'first_period = "2015Q1"\nname = "x"', "unknown key 'name'"),
        ('kind = "required"', 'kind = "python"', "rule 1 (missing): kind 'python' is not one of"),
        ('kind = "required"', 'kind = "required"\nshare = "1"', "unknown key 'share'"),
        ('severity = "error"', 'severity = "fatal"', "severity 'fatal' is not one of"),
        ('code = "users_new_within_quarter"', 'code = "missing"', "rule 'missing' is there twice"),
        ('fields = ["users_at_end"]', 'fields = ["users_at_start"]', "'users_at_start', which no form asks for"),
        ('fields = ["users_at_end"]', "fields = []", "fields is empty"),
        ('fields = ["users_at_end"]', "", "fields is missing"),
        ('factor = "days"', 'factor = "weeks"', "factor 'weeks' is not one of"),
        ("ignores_zero = true", 'ignores_zero = "yes"', "ignores_zero must be of type bool"),
        ('at_most = "4"', "", "at_least or at_most is missing"),
        ('at_most = "4"', 'at_most = "-4"', "at_most must be a number in quotes"),
        ('at_most = "4"', 'at_most = "4"\nservice_types = ["99"]', "service_types must be"),
        ("min_count = 5", "min_count = 2", "min_count must be at least 3"),
        ('against = "history"', 'against = "norm"', "against 'norm' is not one of"),
        ("(%(left)s)", "(%(lft)s)", "message.cs has a place that is not filled in: 'lft'"),
        ("ceased.cs", "stopped.cs", "unknown key 'stopped'"),
        ("[[rules]]", "[rules]", "rules.toml:"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place(tmp_path, old, new, fault):
    assert old in GOOD
    with pytest.raises(DefinitionError) as caught:
        read_pack(written(tmp_path, GOOD.replace(old, new, 1)))
    assert fault in str(caught.value)
    assert "rules.toml" in str(caught.value)


def test_a_rule_that_is_no_table_is_refused(tmp_path):
    with pytest.raises(DefinitionError, match="rule 1: is not a table"):
        read_pack(written(tmp_path, 'first_period = "2015Q1"\nrules = [1]'))


def test_a_rule_can_be_for_some_types_only(tmp_path):
    text = GOOD.replace('kind = "required"', 'kind = "required"\nservice_types = ["49"]', 1)
    assert read_pack(written(tmp_path, text)).rules[0].service_types == {"49"}
