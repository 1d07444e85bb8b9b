"""What a formula is made of, once read. Pure.

Every node knows its place in the text, the number of nodes in it and how deep they lie, so that a formula too big for
the limits is refused while it is read, before anything walks over it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.benchmarking.metrics.types import FormulaError, Place
from portal.core.messages import _m

MAX_NODES = 400
MAX_DEPTH = 60


@dataclass(frozen=True)
class Node:
    place: Place = field(compare=False)
    size: int = field(init=False, compare=False, default=1)
    depth: int = field(init=False, compare=False, default=1)

    @property
    def parts(self) -> tuple[Node, ...]:
        return ()

    def __post_init__(self) -> None:
        size = 1 + sum(part.size for part in self.parts)
        depth = 1 + max((part.depth for part in self.parts), default=0)
        if size > MAX_NODES or depth > MAX_DEPTH:
            raise FormulaError(_m("The formula is too long or too deep. Split it into several metrics."), self.place)
        object.__setattr__(self, "size", size)
        object.__setattr__(self, "depth", depth)


@dataclass(frozen=True)
class Number(Node):
    value: float


@dataclass(frozen=True)
class Name(Node):
    """A field, another metric, ``days`` or ``fund``."""

    code: str


@dataclass(frozen=True)
class Negative(Node):
    inner: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.inner,)


@dataclass(frozen=True)
class Arithmetic(Node):
    operator: str  # + - * /
    left: Node
    right: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True)
class Sum(Node):
    """sum(a, b, ...): what is not applicable stays out; + would make the whole not applicable."""

    items: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.items


@dataclass(frozen=True)
class Comparison(Node):
    operator: str  # < <= > >= = !=
    left: Node
    right: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True)
class Logic(Node):
    operator: str  # and or
    left: Node
    right: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True)
class Not(Node):
    inner: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.inner,)


@dataclass(frozen=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.condition, self.then, self.otherwise)


def names_in(node: Node) -> dict[str, Name]:
    """Every name of a formula, at its first place."""
    found: dict[str, Name] = {}
    waiting: list[Any] = [node]
    while waiting:
        present = waiting.pop()
        if isinstance(present, Name):
            found.setdefault(present.code, present)
        waiting.extend(reversed(present.parts))
    return found
