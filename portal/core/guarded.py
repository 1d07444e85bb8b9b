"""Reading of foreign files, done apart: in a child process with a limit of memory, processor and waiting time.

A file from outside can be built so that its reader eats all the memory or never ends (a 4.6 kB spreadsheet
drove one to 3.9 GiB). Here the child pays for it and the portal goes on. The child gets no settings of the
portal in its environment. This bounds what a file can use up; it is no sandbox against a reader taken over.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import resource
import signal
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from portal.core.errors import ImportRejected, PortalError
from portal.core.messages import Message, _m

T = TypeVar("T")
MEBIBYTE = 1024 * 1024
_HEADER = struct.Struct(">Q")


@dataclass(frozen=True)
class Limits:
    """What one child may use: address space in MiB, processor time and waiting time in seconds."""

    memory_mib: int = 1024
    cpu_seconds: int = 120
    seconds: int = 300


@dataclass(frozen=True)
class _Task:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    with_progress: bool


@dataclass(frozen=True)
class _Progress:
    done: int
    total: int


@dataclass(frozen=True)
class _Result:
    value: Any


@dataclass(frozen=True)
class _Failure:
    error: PortalError | None
    kind: str = ""  # "memory", or the unexpected error in words
    trace: str = ""


class GuardedError(RuntimeError):
    """The function in the child failed in a way nobody expected: a fault of ours, not of the file."""


def run_guarded(
    function: Callable[..., T],
    *args: Any,
    name: str,
    limits: Limits | None = None,
    progress: Callable[[int, int], None] | None = None,
    **kwargs: Any,
) -> T:
    """Call ``function(*args, **kwargs)`` in a child process and return its result.

    ``function`` is a module-level function; arguments and result must be picklable. ``name`` is the file as
    people know it. With ``progress`` the function also gets ``report(done, total)`` by keyword, and what it
    reports arrives there.

    Raises whatever PortalError the function raised; ImportRejected when a limit was reached or the child died
    while reading; GuardedError for any other exception in the child.
    """
    limits = limits or Limits()
    task = _Task(function, args, kwargs, progress is not None)
    overdue = threading.Event()
    start = f"from portal.core.guarded import child; child({limits.memory_mib}, {limits.cpu_seconds})"
    with subprocess.Popen(
        [sys.executable, "-P", "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_child_environment()
    ) as process:

        def stop() -> None:
            overdue.set()
            process.kill()

        timer = threading.Timer(limits.seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            answer = _ask(process, task, progress)
        except BaseException:
            process.kill()
            raise
        finally:
            timer.cancel()
        process.wait()
    if isinstance(answer, _Result):
        value: T = answer.value
        return value
    if answer is None:
        raise ImportRejected(_ended_early(name, limits, overdue.is_set(), process.returncode))
    if answer.error is not None:
        raise answer.error
    if answer.kind == "memory":
        raise ImportRejected(_too_much_memory(name, limits))
    raise GuardedError(f"{answer.kind}\n{answer.trace}")


def _ask(
    process: subprocess.Popen[bytes], task: _Task, progress: Callable[[int, int], None] | None
) -> _Result | _Failure | None:
    if process.stdin is None or process.stdout is None:
        raise GuardedError("the child process has no pipes")
    # A child that dies at once breaks the pipe; the missing answer tells it.
    with contextlib.suppress(BrokenPipeError), process.stdin as tasks:
        pickle.dump(task, tasks)
    answer = _receive(process.stdout, progress)
    if answer is not None:
        process.kill()  # it has said all; libraries that hang while leaving must not hold us
    return answer


def _receive(stream: IO[bytes], progress: Callable[[int, int], None] | None) -> _Result | _Failure | None:
    """Frames of the child until its answer; None when it ended without one."""
    while True:
        header = stream.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return None
        size = _HEADER.unpack(header)[0]
        body = stream.read(size)
        if len(body) < size:
            return None
        frame = pickle.loads(body)
        if not isinstance(frame, _Progress):
            answer: _Result | _Failure = frame
            return answer
        if progress is not None:
            progress(frame.done, frame.total)


def _ended_early(name: str, limits: Limits, overdue: bool, returncode: int) -> Message:
    if overdue or returncode == -signal.SIGXCPU:
        return _m(
            "Reading of %(name)s took longer than %(seconds)s s and was stopped; the file is probably damaged.",
            name=name,
            seconds=limits.seconds if overdue else limits.cpu_seconds,
        )
    return _m("Reading of %(name)s ended unexpectedly; the file is probably damaged.", name=name)


def _too_much_memory(name: str, limits: Limits) -> Message:
    return _m(
        "Reading of %(name)s needed more memory than the %(limit)s MiB allowed; it is damaged or far too large.",
        name=name,
        limit=limits.memory_mib,
    )


def _child_environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PORTAL_", "COV_"))}
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    # One thread each: reserved stacks and arenas of many threads would count against the limit of memory.
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
    return {**kept, **threads, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}


def child(memory_mib: int, cpu_seconds: int) -> None:
    """The child's whole life: take limits, read one task from standard input, answer it.

    What the function or its libraries print goes to standard error, since standard output carries the answer.
    """
    _lower(resource.RLIMIT_AS, memory_mib * MEBIBYTE)
    _lower(resource.RLIMIT_CPU, cpu_seconds)
    _lower(resource.RLIMIT_CORE, 0)
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        _send(answers, _perform(sys.stdin.buffer, answers))


def _lower(which: int, value: int) -> None:
    _soft, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, hard))


def _perform(tasks: IO[bytes], answers: IO[bytes]) -> _Result | _Failure:
    try:
        task: _Task = pickle.loads(tasks.read())
        extra: dict[str, Any] = {}
        if task.with_progress:
            extra["report"] = lambda done, total: _send(answers, _Progress(done, total))
        return _Result(task.function(*task.args, **task.kwargs, **extra))
    except PortalError as error:
        return _Failure(error)
    except MemoryError:
        return _Failure(None, "memory")
    except Exception as error:
        return _Failure(None, f"{type(error).__name__}: {error}", traceback.format_exc())


def _send(stream: IO[bytes], frame: _Result | _Failure | _Progress) -> None:
    body = io.BytesIO()
    try:
        pickle.dump(frame, body, protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        body = io.BytesIO()
        pickle.dump(_Failure(None, "memory"), body)
    stream.write(_HEADER.pack(body.tell()))
    stream.write(body.getbuffer())
    stream.flush()
