"""Packed matrices of travel times."""

import numpy as np

from portal.map.access.calc.matrix import NO_TIMES, Comparison, compared, hash_of, pack, times_of, unpack

ROWS = [("523704", "500496", 41.456), ("500496", "523704", 42.0), ("500496", "500496", 0.0)]


def matrix(rows):
    return times_of(*(list(column) for column in zip(*rows, strict=True)))


def test_a_matrix_comes_back_as_it_was_packed():
    times = matrix(ROWS)
    back = unpack(pack(times))
    assert back.start.tolist() == ["500496", "500496", "523704"]
    assert back.end.tolist() == ["500496", "523704", "500496"]
    np.testing.assert_array_equal(back.minutes, [0.0, 42.0, 41.46])
    assert hash_of(back) == hash_of(times)


def test_the_hash_depends_on_figures_and_not_on_the_order_of_rows():
    assert hash_of(matrix(ROWS[::-1])) == hash_of(matrix(ROWS))
    assert hash_of(matrix([*ROWS[:2], ("500496", "500496", 1.0)])) != hash_of(matrix(ROWS))


def test_nothing_can_be_packed_too():
    assert len(unpack(pack(NO_TIMES))) == 0
    assert times_of([], [], []) is NO_TIMES


def test_two_matrices_are_compared_by_pairs():
    new = matrix([("523704", "500496", 50.0), ("500496", "523704", 42.0), ("569178", "523704", 9.0)])
    assert compared(new, matrix(ROWS)) == Comparison(new=1, changed=1, same=1, gone=1)
    assert compared(new, NO_TIMES) == Comparison(new=3, changed=0, same=0, gone=0)
