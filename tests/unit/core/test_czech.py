from portal.core.czech import czech_sort_key, fold


def test_towns_stand_in_czech_order():
    names = ["Žulová", "Zábřeh", "Šumperk", "Svitavy", "Chropyně", "Hranice", "Ivaň", "Cholina", "Čechy", "Cetkovice"]
    assert sorted(names, key=czech_sort_key) == [
        "Cetkovice", "Čechy", "Hranice", "Cholina", "Chropyně", "Ivaň", "Svitavy", "Šumperk", "Zábřeh", "Žulová",
    ]  # fmt: skip


def test_accents_decide_only_between_words_alike():
    assert sorted(["Lípa", "Lipa", "Lipová"], key=czech_sort_key) == ["Lipa", "Lípa", "Lipová"]


def test_a_space_stands_before_letters():
    assert sorted(["Lipník", "Lip nad"], key=czech_sort_key) == ["Lip nad", "Lipník"]


def test_folding_makes_a_name_typed_without_accents_equal():
    assert fold("Ústí, o. p. s.") == fold("USTI, O. P. S.")
    assert fold("") == ""
