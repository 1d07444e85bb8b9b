"""A foreign file is read apart: its reader may fail, eat or hang, and only the child pays."""

import os
import signal
import time

import pytest

from portal.core.errors import ImportRejected, Invalid, RowError
from portal.core.guarded import GuardedError, Limits, run_guarded
from portal.core.messages import _m


def double(value):
    return value * 2


def chatter():
    print("a library that prints")
    os.write(1, b"even past Python")
    return "answer"


def reject():
    raise ImportRejected(_m("File %(name)s is empty.", name="a.csv"), [RowError(_m("No row."), row="2")])


def blame_a_field():
    raise Invalid(_m("Wrong."), {"people": [_m("Missing.")]})


def stumble():
    raise KeyError("KOD")


def eat_memory():
    return len(bytearray(2_000_000_000))


def return_too_much():
    return [bytes([i % 256]) * 1_000_000 for i in range(110)]


def sleep_long():
    time.sleep(60)


def burn():
    while True:
        pass


def die():
    os.kill(os.getpid(), signal.SIGSEGV)


def count(steps, *, report):
    for step in range(steps):
        report(step + 1, steps)
    return steps


def settings_seen():
    return sorted(name for name in os.environ if name.startswith("PORTAL_"))


def test_the_result_comes_back():
    assert run_guarded(double, [1, 2], name="a.csv") == [1, 2, 1, 2]


def test_large_arguments_and_results_pass():
    assert len(run_guarded(double, b"x" * 5_000_000, name="a.csv")) == 10_000_000


def test_what_libraries_print_does_not_spoil_the_answer(capfd):
    assert run_guarded(chatter, name="a.csv") == "answer"
    assert "even past Python" in capfd.readouterr().err


def test_a_rejected_file_comes_back_with_its_rows():
    with pytest.raises(ImportRejected) as caught:
        run_guarded(reject, name="a.csv")
    assert str(caught.value.message) == "File a.csv is empty."
    assert caught.value.message.params == {"name": "a.csv"}
    assert [error.row for error in caught.value.rows] == ["2"]


def test_other_errors_of_the_domain_keep_their_kind():
    with pytest.raises(Invalid) as caught:
        run_guarded(blame_a_field, name="a.csv")
    assert [str(m) for m in caught.value.fields["people"]] == ["Missing."]


def test_a_fault_of_ours_is_not_blamed_on_the_file():
    with pytest.raises(GuardedError, match=r"KeyError: 'KOD'[\s\S]*in stumble"):
        run_guarded(stumble, name="a.csv")


def test_too_much_memory_is_refused_with_the_limit():
    with pytest.raises(ImportRejected, match=r"a\.csv needed more memory than the 300 MiB"):
        run_guarded(eat_memory, name="a.csv", limits=Limits(memory_mib=300))


def test_a_result_that_does_not_fit_into_the_limit_is_refused():
    with pytest.raises(ImportRejected, match="needed more memory"):
        run_guarded(return_too_much, name="a.csv", limits=Limits(memory_mib=200))


def test_a_reader_that_hangs_is_stopped():
    started = time.monotonic()
    with pytest.raises(ImportRejected, match=r"a\.csv took longer than 1 s"):
        run_guarded(sleep_long, name="a.csv", limits=Limits(seconds=1))
    assert time.monotonic() - started < 20


def test_a_reader_that_only_computes_is_stopped_by_processor_time():
    with pytest.raises(ImportRejected, match="took longer than 1 s"):
        run_guarded(burn, name="a.csv", limits=Limits(cpu_seconds=1, seconds=60))


def test_a_reader_that_crashes_is_told_apart():
    with pytest.raises(ImportRejected, match=r"a\.csv ended unexpectedly"):
        run_guarded(die, name="a.csv")


def test_progress_arrives_in_order():
    seen = []
    assert run_guarded(count, 3, name="a.csv", progress=lambda done, total: seen.append((done, total))) == 3
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_an_interruption_ends_the_child():
    def interrupt(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_guarded(count, 3, name="a.csv", progress=interrupt)


def test_the_child_does_not_see_the_settings(monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "s" * 40)
    assert run_guarded(settings_seen, name="a.csv") == []
