"""Templates: a misspelt name fails loudly, an optional parameter of a component does not."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Flask
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader
from jinja2.utils import missing

from portal.identity.sentences import ABOUT_PERSON, ON_PAGE
from portal.web.languages import say


class OptionalParameter(ChainableUndefined):
    """Undefined that is an error, except as a missing key of a dict or as a macro's caller.

    The macros of the design system ask for every optional key of their ``params``; Jinja's StrictUndefined
    would refuse them, its lenient classes would let misspelt names of ours through.
    """

    def _is_optional(self) -> bool:
        return (self._undefined_obj is not missing and isinstance(self._undefined_obj, dict)) or (
            self._undefined_name in ("undefined", "caller")
        )

    def _check(self) -> None:
        if not self._is_optional():
            self._fail()

    def _fail(self) -> NoReturn:
        self._fail_with_undefined_error()
        raise AssertionError("unreachable")

    def __str__(self) -> str:
        self._check()
        return ""

    def __bool__(self) -> bool:
        self._check()
        return False

    def __iter__(self) -> Any:
        self._check()
        return super().__iter__()

    def __len__(self) -> int:
        self._check()
        return 0

    def __eq__(self, other: object) -> bool:
        self._check()
        return super().__eq__(other)

    def __hash__(self) -> int:
        return id(type(self))

    def __getattr__(self, name: str) -> OptionalParameter:
        if not name.startswith("__"):
            self._check()
        return self

    def __html__(self) -> str:
        return str(self)


def _identity_words() -> dict[str, str]:
    """What the scripts of ``identity/fields.html`` say, in the reader's language."""
    return {code: say(message) for code, message in {**ABOUT_PERSON, **ON_PAGE}.items()}


def init_templating(app: Flask) -> None:
    app.jinja_loader = ChoiceLoader(
        [
            PackageLoader("portal.web"),
            PackageLoader("portal.identity"),  # has no pages of its own, only parts of others'
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_env.globals["identity_words"] = _identity_words
    app.jinja_env.undefined = OptionalParameter
    app.jinja_env.globals["null"] = None  # the design system's macros come from another template language
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
