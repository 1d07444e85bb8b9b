"""The oblivious function against the vectors of RFC 9497 (appendix A.1.1), and both programs against each other."""

from __future__ import annotations

import pytest
import rbcl

from portal.identity.kinds import KINDS, oprf_input
from portal.identity.oprf import Blinded, InvalidPoint, blind, digest, expand_message, finalize
from tests.factories.node import ask_twin

KEY = "5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e"
BLIND = "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"
RFC_VECTORS = [
    {
        "input": "00",
        "point": "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c",
        "evaluated": "7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e",
        "output": "527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3"
        "ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6",
    },
    {
        "input": "5a" * 17,
        "point": "da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418",
        "evaluated": "b4cbf5a4f1eeda5a63ce7b77c7d23f461db3fcab0dd28e4e17cecb5c90d02c25",
        "output": "f4a74c9c592497375e796aa837e907b1a045d34306a749db9f34221f7e750cb4"
        "f2a6413a6bf6fa5e19ba6348eb673934a722a7ede2e7621306d18951e7cf2c73",
    },
]
IDENTITY = "00" * 32
NO_POINT = "ff" * 32


def evaluate(point: bytes) -> bytes:
    return bytes(rbcl.crypto_scalarmult_ristretto255(bytes.fromhex(KEY), point))


@pytest.mark.parametrize("vector", RFC_VECTORS)
def test_python_makes_what_the_rfc_says(vector: dict[str, str]) -> None:
    message = bytes.fromhex(vector["input"])
    blinded = blind(message, bytes.fromhex(BLIND))
    assert blinded.point.hex() == vector["point"]
    assert evaluate(blinded.point).hex() == vector["evaluated"]
    assert finalize(message, blinded, bytes.fromhex(vector["evaluated"])).hex() == vector["output"]
    assert digest(message, blinded, bytes.fromhex(vector["evaluated"])).hex() == vector["output"][:64]


def test_the_browsers_module_makes_what_the_rfc_says() -> None:
    tasks = [["blind", vector["input"], BLIND] for vector in RFC_VECTORS]
    tasks += [["finalize", vector["input"], BLIND, vector["evaluated"]] for vector in RFC_VECTORS]
    blinded, outputs = (answers := ask_twin(*tasks))[:2], answers[2:]
    assert blinded == [{"blind": BLIND, "point": vector["point"]} for vector in RFC_VECTORS]
    assert outputs == [vector["output"] for vector in RFC_VECTORS]


def test_both_programs_give_one_digest_whatever_they_blind_with() -> None:
    texts = [(kind, text) for kind in range(len(KINDS)) for text in ("novak|jan|1950-02-01", "7360285163")]
    messages = [oprf_input(kind, text) for kind, text in texts]
    assert ask_twin(*(["oprfInput", kind, text] for kind, text in texts)) == [message.hex() for message in messages]
    theirs = ask_twin(*(["blind", message.hex(), None] for message in messages))
    points = [bytes.fromhex(made["point"]) for made in theirs]
    finished = ask_twin(
        *(
            ["digest", message.hex(), made["blind"], evaluate(point).hex()]
            for message, made, point in zip(messages, theirs, points, strict=True)
        )
    )
    ours = [blind(message) for message in messages]
    assert {made.point for made in ours}.isdisjoint(points)
    expected = [digest(message, made, evaluate(made.point)) for message, made in zip(messages, ours, strict=True)]
    assert finished == [made.hex() for made in expected]
    assert len(set(finished)) == len(messages)


@pytest.mark.parametrize("answer", [IDENTITY, NO_POINT, "00" * 31, ""])
def test_a_wrong_answer_is_refused_in_both(answer: str) -> None:
    message = b"kissos"
    with pytest.raises(InvalidPoint):
        finalize(message, Blinded(bytes.fromhex(BLIND), b""), bytes.fromhex(answer))
    assert "error" in ask_twin(["finalize", message.hex(), BLIND, answer])[0]


def test_what_the_function_is_not_made_for_is_refused() -> None:
    with pytest.raises(ValueError, match="65535"):
        blind(bytes(65536))
    with pytest.raises(ValueError, match="one block"):
        expand_message(b"", b"tag", 65)
