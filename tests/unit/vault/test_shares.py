"""Three shares of the key, two of which bring it back."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid
from portal.vault.keys import new_keys
from portal.vault.shares import inverse, join, multiply, pack, read_share, split, unpack, write_share

DAY = date(2026, 5, 1)


@given(st.binary(min_size=1, max_size=120))
def test_any_two_shares_in_any_order_give_the_secret(secret):
    for pair in itertools.permutations(split(secret), 2):
        assert join(pair) == secret


def test_the_field_is_that_of_rijndael():
    """Worked examples of FIPS 197, section 4.2."""
    assert multiply(0x57, 0x83) == 0xC1
    assert multiply(0x57, 0x13) == 0xFE
    assert all(multiply(a, inverse(a)) == 1 for a in range(1, 256))
    with pytest.raises(ZeroDivisionError):
        inverse(0)


def test_one_share_tells_nothing():
    """Every value of a byte of one share comes about equally often, whatever the secret is."""
    seen = [0] * 256
    for _ in range(100):
        for byte in split(bytes(56))[0].values[:56]:
            seen[byte] += 1
    expected = 5600 / 256
    chi = sum((count - expected) ** 2 / expected for count in seen)
    assert chi < 380  # 255 degrees of freedom: one in ten million above


def test_shares_of_two_sets_or_the_same_twice_are_refused():
    one, other = split(b"secret"), split(b"secret")
    with pytest.raises(Invalid, match="different times"):
        join([one[0], other[1]])
    with pytest.raises(Invalid, match="Two different"):
        join([one[0], one[0]])
    with pytest.raises(Invalid, match="Two different"):
        join([one[0]])


def test_a_changed_share_gives_no_key():
    one, two, _ = split(b"secret")
    changed = type(one)(one.set_id, one.number, bytes([one.values[0] ^ 1]) + one.values[1:])
    with pytest.raises(Invalid, match="do not give a key"):
        join([changed, two])


@pytest.mark.parametrize("wraps", [1, 2, 5])
def test_keys_come_back_from_the_printed_texts(wraps):
    keys = new_keys(DAY)
    for _ in range(wraps - 1):
        keys = keys.with_another(date(2027, 1, 1))
    texts = [write_share(share, DAY) for share in split(pack(keys))]
    assert unpack(join([read_share(texts[2]), read_share(texts[0])])) == keys
    assert keys.oprf.hex() not in "".join(texts)


def test_a_share_typed_by_hand_is_read_or_the_faulty_line_named():
    [one, two, _] = split(pack(new_keys(DAY)))
    text = write_share(one, DAY)
    by_hand = text.split("Share 1 of 3")[1].lower().replace("kissos-vault-share", "KISSOS-VAULT-SHARE")
    assert join([read_share(by_hand.replace("  1:", "1:   ").replace("o", "0")), two])
    lines = text.splitlines()
    third = next(index for index, line in enumerate(lines) if line.startswith("  3:"))
    wrong = "A" if lines[third][5] != "A" else "B"
    lines[third] = lines[third][:5] + wrong + lines[third][6:]
    with pytest.raises(Invalid, match="Line 3 of share 1"):
        read_share("\n".join(lines))
    del lines[third]
    with pytest.raises(Invalid, match="Line 3 of share 1"):
        read_share("\n".join(lines))
    with pytest.raises(Invalid, match="no share"):
        read_share("Dobrý den")


def test_a_share_with_its_last_line_missing_gives_no_key():
    [one, two, _] = split(pack(new_keys(DAY)))
    cut = "\n".join(write_share(one, DAY).splitlines()[:-1])
    with pytest.raises(Invalid, match="different times"):
        join([read_share(cut), two])


def test_another_version_of_the_packed_keys_is_refused():
    packed = pack(new_keys(DAY))
    for wrong in (b"\x02" + packed[1:], packed + b"\0"):
        with pytest.raises(Invalid, match="another version"):
            unpack(wrong)
