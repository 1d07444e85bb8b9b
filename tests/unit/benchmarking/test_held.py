"""Values held by a process: given again under the same mark, read anew under another."""

from collections.abc import Callable

import pandas as pd

from portal.benchmarking.service.held import HeldValues


def reader(*frames: list[float]) -> Callable[[], pd.DataFrame]:
    left = iter(frames)
    return lambda: pd.DataFrame({"value": next(left)})


def test_what_was_read_under_a_mark_is_read_once() -> None:
    held, read = HeldValues(), reader([1.0], [2.0])
    assert [held.get("a", ("x",), read)["value"].tolist() for _ in range(2)] == [[1.0], [1.0]]
    assert held.get("a", ("y",), read)["value"].tolist() == [2.0]


def test_another_mark_forgets_everything_and_does_not_come_back() -> None:
    held, read = HeldValues(), reader([1.0], [2.0], [3.0])
    assert [held.get(mark, ("x",), read)["value"].item() for mark in "aba"] == [1.0, 2.0, 3.0]


def test_without_a_mark_nothing_is_held() -> None:
    held, read = HeldValues(), reader([1.0], [2.0])
    assert [held.get(None, ("x",), read)["value"].item() for _ in range(2)] == [1.0, 2.0]


def test_the_frame_used_least_lately_is_given_up_first() -> None:
    held = HeldValues(max_rows=4)
    for key in ("x", "y", "x", "z"):  # z needs the room of y
        held.get("a", (key,), reader([1.0, 1.0]))
    assert held.get("a", ("x",), reader([7.0]))["value"].tolist() == [1.0, 1.0]
    assert held.get("a", ("z",), reader([7.0]))["value"].tolist() == [1.0, 1.0]
    assert held.get("a", ("y",), reader([7.0]))["value"].tolist() == [7.0]


def test_a_frame_larger_than_the_room_is_not_held() -> None:
    held, read = HeldValues(max_rows=1), reader([1.0, 1.0], [2.0, 2.0])
    assert [held.get("a", ("x",), read)["value"].iloc[0] for _ in range(2)] == [1.0, 2.0]
