"""What a role is bound to, and how people and their roles are put in order."""

import pytest

from portal.accounts.scope_codes import checked_grant
from portal.accounts.types import ROLE_NAMES, ROLE_TASKS, Page, normalised_email, ordered_grants, searchable
from portal.core.errors import Invalid
from portal.core.ico import is_ico
from portal.core.permissions import Grant, Role


@pytest.mark.parametrize("ico", ["25596641", "00094846", "60609460"])
def test_a_valid_ico_is_known_by_its_last_digit(ico):
    assert is_ico(ico)
    assert not is_ico(ico[:-1] + str((int(ico[-1]) + 1) % 10))


@pytest.mark.parametrize("text", ["", "2559664", "255966410", "2559664a", "２５５９６６４１", "99999999"])
def test_what_is_no_ico_is_not_taken_for_one(text):
    assert not is_ico(text)


def test_a_role_of_a_provider_is_bound_to_its_ico_even_when_typed_with_spaces():
    assert checked_grant(Role.PROVIDER_EDITOR, " 255 96 641 ") == Grant(Role.PROVIDER_EDITOR, "25596641")


def test_a_role_of_the_region_has_no_code():
    assert checked_grant(Role.PLANNER, "") == Grant(Role.PLANNER)
    assert checked_grant(Role.PLANNER, None) == Grant(Role.PLANNER)


@pytest.mark.parametrize(
    ("role", "code", "sentence"),
    [
        (Role.PROVIDER_EDITOR, "", "Enter the IČO"),
        (Role.PROVIDER_APPROVER, "25596642", "25596642 is not a valid IČO"),
        (Role.PLANNER, "25596641", "region as a whole"),
        (Role.MUNICIPALITY_WORKER, None, "Enter the code of the municipality"),
        (Role.MUNICIPALITY_WORKER, "50049", "50049 is not a code of a municipality"),
        (Role.MUNICIPALITY_WORKER, "25596641", "is not a code of a municipality"),
    ],
)
def test_a_code_that_does_not_go_with_the_role_is_refused_on_its_field(role, code, sentence):
    with pytest.raises(Invalid) as caught:
        checked_grant(role, code)
    (fault,) = caught.value.fields["scope_code"]
    assert sentence in str(fault)


def test_every_role_has_a_name_and_a_task():
    assert set(ROLE_NAMES) == set(ROLE_TASKS) == set(Role)


def test_roles_stand_in_the_order_of_their_declaration():
    grants = {Grant(Role.AUDITOR), Grant(Role.PROVIDER_EDITOR, "60609460"), Grant(Role.PROVIDER_EDITOR, "25596641")}
    assert [grant.scope_code for grant in ordered_grants(grants)] == ["25596641", "60609460", None]


def test_an_address_has_one_spelling():
    assert normalised_email("  Jana.NOVÁKOVÁ@Charita.CZ\x00 ") == "jana.nováková@charita.cz"


def test_people_are_found_without_accents_and_capitals():
    assert searchable("Jiří ŘEHOŘ", "J.Rehor@Kraj.cz") == "jiri rehor j.rehor@kraj.cz"


def test_a_list_has_at_least_one_page():
    assert [Page(1, 25, total).count for total in (0, 1, 25, 26)] == [1, 1, 1, 2]
