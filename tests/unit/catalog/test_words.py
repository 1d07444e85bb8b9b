"""Czech words are found whatever their ending. The oracle is hunspell's dictionary, which the search does not use."""

import pytest

from portal.catalog.calc.vocabulary import Match, Vocabulary
from portal.catalog.calc.words import declension_keys, split_words
from tests.factories.search_quality import corpus_words, search_quality

RECALL, PRECISION = 0.97, 0.95  # aims of the search


def are_forms_of_one_word(one: str, other: str) -> bool:
    return bool(declension_keys(one) & declension_keys(other))


@pytest.mark.parametrize("typed_plainly", [False, True], ids=["with diacritics", "without diacritics"])
def test_inflected_words_are_found_and_others_are_not(typed_plainly):
    """Every case and number of every word of the corpus is asked for; averages over the questions."""
    quality = search_quality(corpus_words(), typed_plainly=typed_plainly)
    assert quality.questions > 1_500
    assert quality.recall >= RECALL
    assert quality.precision >= PRECISION


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Šumperk", "šumperku"),
        ("Olomouc", "olomouce"),
        ("Mohelnice", "mohelnici"),
        ("Litovel", "litovle"),
        ("Prostějov", "prostejove"),
        ("Konice", "konicích"),
        ("senioři", "seniorů"),
        ("důchodce", "duchodcu"),
        ("dům", "domů"),
        ("dum", "domy"),
        ("poradna", "poraden"),
        ("babička", "babičkou"),
        ("ruka", "ruce"),
        ("Praha", "praze"),
        ("český", "čeští"),
        ("duševní", "duševním"),
        ("tělesný", "tělesnými"),
        ("autismus", "autismem"),
        ("terapie", "terapiemi"),
        ("dítě", "dítětem"),
        ("postižení", "postižením"),
        ("závislost", "závislostí"),
    ],
)
def test_forms_of_one_word_are_recognised(one, other):
    assert are_forms_of_one_word(*split_words(one), *split_words(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("asistent", "asistentka"),
        ("domov", "domek"),
        ("Senice", "senior"),
        ("služba", "slabost"),
        ("49", "490"),
        ("a", "e"),
    ],
)
def test_other_words_stay_others(one, other):
    assert not are_forms_of_one_word(*split_words(one), *split_words(other))


def test_words_are_cut_at_everything_that_is_no_letter_or_digit():
    assert split_words("Domov-Slunce, z. ú. (č. 12)_%*") == ["domov", "slunce", "z", "ú", "č", "12"]


def test_a_composed_and_a_decomposed_letter_are_the_same():
    assert split_words("de\u030cti") == split_words("děti")


def vocabulary(*words: str) -> Vocabulary:
    return Vocabulary({word: number for number, word in enumerate(reversed(words), start=1)})


def found(words: Vocabulary, typed: str) -> set[str]:
    return {words.word(term) for term in words.match(typed).terms}


def test_a_word_without_a_form_is_taken_for_a_beginning():
    words = vocabulary("pečovatelská", "pečující", "poradna")
    assert words.match("pecov").kind is Match.PREFIX
    assert found(words, "pecov") == {"pečovatelská"}


def test_a_beginning_is_not_asked_for_when_the_word_itself_is_there():
    words = vocabulary("dluh", "dluhopis")
    assert found(words, "dluhy") == {"dluh"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pečovatlská", "pečovatelská"),  # a letter left out
        ("pečovvatelská", "pečovatelská"),  # a letter twice
        ("pečovaetlská", "pečovatelská"),  # two letters exchanged
        ("pecovtaelsaa", "pečovatelská"),  # two errors in a long word
        ("olonouc", "olomouc"),
        ("sumprek", "šumperk"),
    ],
)
def test_a_typing_error_is_forgiven(typed, meant):
    words = vocabulary("pečovatelská", "olomouc", "šumperk", "poradna")
    match = words.match(typed)
    assert (match.kind, match.corrected) == (Match.CORRECTED, meant)


@pytest.mark.parametrize("typed", ["qwertz", "dum", "pes", "12345678"])
def test_a_word_far_from_all_or_too_short_is_not_guessed(typed):
    words = vocabulary("pečovatelská", "olomouc", "ruka", "12345679")
    assert words.match(typed).kind is Match.NONE


def test_of_two_corrections_the_commoner_word_wins():
    assert Vocabulary({"domov": 1, "domek": 9}).match("domxk").corrected == "domek"
    assert Vocabulary({"lipova": 1, "lipovy": 9, "lipovz": 1}).match("lipovx").corrected == "lipovy"
