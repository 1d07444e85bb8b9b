"""The server's side of RFC 9497 against the vectors of the RFC (appendix A.1.1, ristretto255-SHA512, mode 0x00)."""

from __future__ import annotations

import pytest

from portal.core.ristretto import group
from portal.identity.oprf import blind, finalize
from portal.vault.oprf import blind_evaluate, derive_key, evaluate, public_key
from portal.vault.types import InvalidPoint

SEED = bytes.fromhex("a3" * 32)
KEY_INFO = bytes.fromhex("74657374206b6579")
SECRET = bytes.fromhex("5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e")
BLINDED = (
    "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c",
    "da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418",
)
EVALUATED = (
    "7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e",
    "b4cbf5a4f1eeda5a63ce7b77c7d23f461db3fcab0dd28e4e17cecb5c90d02c25",
)
INPUTS = (bytes(1), b"\x5a" * 17)
OUTPUTS = (
    "527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3"
    "ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6",
    "f4a74c9c592497375e796aa837e907b1a045d34306a749db9f34221f7e750cb4"
    "f2a6413a6bf6fa5e19ba6348eb673934a722a7ede2e7621306d18951e7cf2c73",
)
BLIND = bytes.fromhex("64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706")


def test_the_key_of_the_vectors_is_derived_from_their_seed():
    assert derive_key(SEED, KEY_INFO) == SECRET


def test_the_public_key_is_the_base_point_times_the_secret():
    assert public_key((1).to_bytes(32, "little")).hex().startswith("e2f2ae0a6abc4e71")
    assert public_key(SECRET) != public_key(derive_key(SEED, b"other"))


def test_a_seed_of_another_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        derive_key(SEED[1:], KEY_INFO)


@pytest.mark.parametrize(("blinded", "evaluated"), list(zip(BLINDED, EVALUATED, strict=True)))
def test_each_vector_is_evaluated(blinded, evaluated):
    assert blind_evaluate(SECRET, [bytes.fromhex(blinded)]) == [bytes.fromhex(evaluated)]


def test_a_batch_keeps_its_order():
    points = [bytes.fromhex(BLINDED[n % 2]) for n in range(5)]
    assert blind_evaluate(SECRET, points) == [bytes.fromhex(EVALUATED[n % 2]) for n in range(5)]


@pytest.mark.parametrize(
    "point",
    [
        bytes(32),  # the identity
        b"\xff" * 32,  # above the field
        (2**255 - 19).to_bytes(32, "little"),  # zero, written in another way
        (2**255 - 19 + 2).to_bytes(32, "little"),
        b"\x01" + bytes(31),  # negative: no encoding of ristretto255
        bytes.fromhex(BLINDED[0])[:31],
        bytes.fromhex(BLINDED[0]) + b"\0",
        b"",
        BLINDED[0],
    ],
    ids=["identity", "ones", "zero-uncanonical", "uncanonical", "negative", "short", "long", "empty", "text"],
)
def test_what_is_no_element_is_refused_with_its_position(point):
    with pytest.raises(InvalidPoint) as caught:
        blind_evaluate(SECRET, [bytes.fromhex(BLINDED[0]), point])
    assert caught.value.position == 1


def test_evaluation_commutes_with_blinding():
    """What the protocol rests on: (r k P) / r = k P, whatever the blind r."""
    point = group.crypto_core_ristretto255_random()
    blind = group.crypto_core_ristretto255_scalar_random()
    [evaluated] = blind_evaluate(SECRET, [group.crypto_scalarmult_ristretto255(blind, point)])
    unblinded = group.crypto_scalarmult_ristretto255(group.crypto_core_ristretto255_scalar_invert(blind), evaluated)
    assert unblinded == blind_evaluate(SECRET, [point])[0]


@pytest.mark.parametrize("number", [0, 1])
def test_the_outputs_of_the_vectors_come_with_and_without_blinding(number):
    assert evaluate(SECRET, INPUTS[number]).hex() == OUTPUTS[number]
    blinded = blind(INPUTS[number], BLIND)
    assert blinded.point.hex() == BLINDED[number]
    [evaluated] = blind_evaluate(SECRET, [blinded.point])
    assert finalize(INPUTS[number], blinded, evaluated).hex() == OUTPUTS[number]


def test_another_blind_gives_the_same_output():
    blinded = [blind(b"kissos/1/birth_number/x") for _ in range(2)]
    assert blinded[0].point != blinded[1].point
    evaluated = blind_evaluate(SECRET, [one.point for one in blinded])
    outputs = {finalize(b"kissos/1/birth_number/x", *pair) for pair in zip(blinded, evaluated, strict=True)}
    assert outputs == {evaluate(SECRET, b"kissos/1/birth_number/x")}
