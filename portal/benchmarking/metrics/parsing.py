"""From the text of a formula to its nodes: a LALR(1) grammar read by lark. Pure.

::

    direct_hours / (direct_care_fte * fund)
    if(beds > 0, bed_days_used / (beds * days), direct_hours / (direct_care_fte * fund))

Binding, from the loosest: ``or``, ``and``, ``not``, one comparison (``< <= > >= = !=``; they do not chain), ``+ -``,
``* /``, unary minus. Arguments are parted by a comma or a semicolon, decimals are written with a dot. Spaces and new
lines mean nothing. There are no strings, no attributes, no powers, no calls but ``sum`` and ``if``: what is read can
only be computed, and in time proportional to its length.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args
from lark.exceptions import VisitError

from portal.benchmarking.metrics.nodes import Arithmetic, Comparison, If, Logic, Name, Negative, Node, Not, Number, Sum
from portal.benchmarking.metrics.types import FormulaError, Place
from portal.core.messages import Message, _m

MAX_LENGTH = 2000
MAX_DIGITS = 15  # what a double holds exactly

GRAMMAR = r"""
start: either
?either: both | either "or" both -> either
?both: negation | both "and" negation -> both
?negation: relation | "not" negation -> negation
?relation: total | total COMPARED total -> relation
?total: product | total PLUS product -> arithmetic | total MINUS product -> arithmetic
?product: signed | product TIMES signed -> arithmetic | product OVER signed -> arithmetic
?signed: atom | MINUS signed -> negative
?atom: NUMBER -> number
     | NAME -> name
     | "(" either ")" -> inside
     | SUM "(" either (_PART either)* ")" -> total_of
     | IF "(" either _PART either _PART either ")" -> choice

SUM: "sum"
IF: "if"
COMPARED: "<=" | ">=" | "!=" | "<>" | "==" | "<" | ">" | "="
PLUS: "+"
MINUS: "-" | "−"
TIMES: "*" | "×" | "·"
OVER: "/" | "÷" | ":"
_PART: "," | ";"
NUMBER: /[0-9]+(\.[0-9]+)?/
NAME: /[^\W0-9]\w*/
SPACE: /\s+/
%ignore SPACE
"""

_OPERATORS = {"−": "-", "×": "*", "·": "*", "÷": "/", ":": "/", "==": "=", "<>": "!="}


@v_args(inline=True)
class _Building(Transformer[Token, Node]):
    """Builds nodes as the parser goes, from the leaves; nothing is ever walked recursively."""

    def start(self, node: Node) -> Node:
        return node

    def inside(self, node: Node) -> Node:
        return node

    def number(self, token: Token) -> Node:
        if len(token.replace(".", "")) > MAX_DIGITS:
            raise FormulaError(_m("The number has too many digits."), _place(token))
        return Number(_place(token), float(token))

    def name(self, token: Token) -> Node:
        return Name(_place(token), str(token))

    def negative(self, sign: Token, inner: Node) -> Node:
        return Negative(_place(sign), inner)

    def arithmetic(self, left: Node, operator: Token, right: Node) -> Node:
        return Arithmetic(_place(operator), _OPERATORS.get(operator, str(operator)), left, right)

    def total_of(self, word: Token, *items: Node) -> Node:
        return Sum(_place(word), items)

    def choice(self, word: Token, condition: Node, then: Node, otherwise: Node) -> Node:
        return If(_place(word), condition, then, otherwise)

    def relation(self, left: Node, operator: Token, right: Node) -> Node:
        return Comparison(_place(operator), _OPERATORS.get(operator, str(operator)), left, right)

    def either(self, left: Node, right: Node) -> Node:
        return Logic(left.place, "or", left, right)

    def both(self, left: Node, right: Node) -> Node:
        return Logic(left.place, "and", left, right)

    def negation(self, inner: Node) -> Node:
        return Not(inner.place, inner)


def _place(token: Token) -> Place:
    return Place(token.line or 1, token.column or 1, len(token))


_PARSER = Lark(GRAMMAR, parser="lalr", transformer=_Building())


@lru_cache(maxsize=1_000)
def parse(formula: str) -> Node:
    """The nodes of a formula, which do not change. Raises FormulaError with the place for anything that is none."""
    if len(formula) > MAX_LENGTH:
        raise FormulaError(_m("The formula is longer than %(most)s characters.", most=MAX_LENGTH), Place(1, 1))
    if not formula.strip():
        raise FormulaError(_m("Write a formula."), Place(1, 1))
    try:
        node: Any = _PARSER.parse(formula)
    except UnexpectedInput as error:
        raise _said(error, formula) from error
    except VisitError as error:  # lark wraps what a callback raises
        if isinstance(error.orig_exc, FormulaError):
            raise error.orig_exc from error
        raise
    assert isinstance(node, Node)
    return node


def _said(error: UnexpectedInput, formula: str) -> FormulaError:
    if isinstance(error, UnexpectedCharacters):
        wrong = formula[error.pos_in_stream or 0]
        return FormulaError(_m("The sign “%(sign)s” means nothing in a formula.", sign=wrong), _here(error))
    if not isinstance(error, UnexpectedToken) or error.token.type == "$END":
        lines = formula.rstrip().split("\n")
        return FormulaError(
            _m("The formula ends too early: something is missing here."), Place(len(lines), len(lines[-1]) + 1)
        )
    return FormulaError(_about(error.token, formula), _place(error.token))


def _here(error: UnexpectedInput) -> Place:
    return Place(error.line, error.column)


def _about(token: Token, formula: str) -> Message:
    before, after = formula[: token.start_pos or 0].rstrip(), formula[token.end_pos or 0 :].lstrip()
    if token.type == "_PART" and before[-1:].isdigit() and after[:1].isdigit():
        return _m("Write a decimal number with a dot, for example 1.5.")
    if token.type == "COMPARED":
        return _m("Comparisons do not chain. Join them by “and”.")
    if token.type in ("NAME", "NUMBER", "LPAR", "SUM", "IF"):
        return _m("An operator is missing before “%(text)s”, or it does not belong here.", text=str(token))
    return _m("“%(text)s” does not belong here.", text=str(token))
