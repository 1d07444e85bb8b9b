"""How far each hidden cell of a table with totals can move when three other hidden cells turn with it."""

from __future__ import annotations

import numpy as np

from portal.disclosure.audit.system import Flags, Floats


def ring_rooms(room: Floats, loose: Flags) -> tuple[Floats, Floats]:
    """The most by which each loose cell can rise, and fall, over one ring of four loose cells; 0 where there is none.

    ``room``: by how much each cell may fall. Corners of a ring: (r, c), (r, d), (q, c), (q, d); neighbours move against
    each other. The last row and column are totals, which move with their line: there the sign is turned.
    """
    turn = np.ones(room.shape)
    turn[-1, :] *= -1
    turn[:, -1] *= -1
    with_turn, against = (_rings(room, loose, turn * sign) for sign in (1.0, -1.0))
    is_plain = turn > 0
    up = np.where(is_plain, with_turn, against)
    down = np.minimum(room, np.where(is_plain, against, with_turn))
    return np.where(loose, np.maximum(up, 0.0), 0.0), np.where(loose, np.maximum(down, 0.0), 0.0)


def _rings(room: Floats, loose: Flags, sign: Floats) -> Floats:
    """Of each cell: the most that the three other corners of a ring can turn, if corners like it move by ``sign``."""
    beside = np.where(loose, np.where(sign < 0, np.inf, room), -np.inf)  # the two neighbours move against
    far = np.where(loose, np.where(sign > 0, np.inf, room), -np.inf)
    found = np.full(room.shape, -np.inf)
    columns = np.arange(room.shape[1])
    for row in range(room.shape[0]):
        pairs = np.minimum(beside[row][None, :], far)  # by the other row and the other column
        pairs[row] = -np.inf
        first = pairs.argmax(axis=1)
        best = pairs[np.arange(len(pairs)), first]
        pairs[np.arange(len(pairs)), first] = -np.inf
        second = pairs.max(axis=1)
        elsewhere = np.where(first[:, None] == columns[None, :], second[:, None], best[:, None])
        found[row] = np.minimum(beside, elsewhere).max(axis=0)
    return found


def moves_along_a_path(room: Floats, loose: Flags, cell: tuple[int, int], by: float, *, up: bool) -> bool:
    """Whether a loose cell can rise (or fall) by so much while loose cells along one closed path turn with it.

    Like a ring, with any number of corners: from the column of the cell a neighbour that moves against it leads to
    another row, from there one that moves with it to another column, and so on, until its own row is reached.
    """
    if not up and room[cell] < by:
        return False
    turn = np.ones(room.shape)
    turn[-1, :] *= -1
    turn[:, -1] *= -1
    sign = turn * turn[cell] * (1.0 if up else -1.0)
    enough = loose & (room >= by)
    against = np.where(sign > 0, enough, loose)  # moves against the cell: it falls where its sign is that of a riser
    along = np.where(sign > 0, loose, enough)
    row, column = cell
    against[cell] = along[cell] = False
    columns = np.zeros(room.shape[1], dtype=bool)
    columns[column] = True
    rows = np.zeros(room.shape[0], dtype=bool)
    while True:
        reached = rows | against[:, columns].any(axis=1)
        if reached[row]:
            return True
        if (reached == rows).all():
            return False
        rows = reached
        columns |= along[rows].any(axis=0)
