"""A page with the fields of an identity and of a list, in the portal's own frame, and a vault behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, Flask, jsonify, render_template_string, request
from werkzeug.wrappers import Response

from portal.core.permissions import Permission
from portal.identity.coding import Digests, make_digests
from portal.vault.types import Vault
from portal.web.gate import requires
from tests.factories.serving import serving
from tests.factories.vault import fresh_vault

PROVIDER = "27000001"
PAGE = """
{% extends "web/base.html" %}
{% import "identity/fields.html" as identity %}
{% import "web/macros.html" as ui %}
{% block page_title %}Zkouška{% endblock %}
{% block head %}{{ identity.styles() }}{% endblock %}
{% block content %}
<h1 class="govuk-heading-l">Zkouška</h1>
{{ identity.one("person", form="application", points="/zkouska/body",
                municipality="municipality", sex="sex", birth_year="year") }}
<form id="application" method="post">{{ ui.csrf() }}{{ identity.digests() }}
{{ ui.text_field("municipality", "Kód obce") }}{{ ui.text_field("sex", "Pohlaví") }}
{{ ui.text_field("year", "Rok narození") }}
{{ ui.submit("Uložit") }}</form>
{{ identity.many("list", form="import", points="/zkouska/body", codes="/zkouska/kody") }}
<div id="list-handing" hidden>
<form id="import" method="post">{{ ui.csrf() }}{{ identity.codes() }}{{ ui.submit("Importovat") }}</form>
</div>
{% endblock %}
{% block scripts %}{{ identity.scripts() }}{% endblock %}
"""


@dataclass
class CodingPage:
    """``url`` of the page; what forms brought; ``fails`` answers so many questions with 503 first."""

    vault: Vault
    url: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)
    fails: int = 0

    def digests(self, *people: tuple[str | None, ...]) -> list[Digests]:
        """What these linkage inputs come to at this vault, computed in Python."""
        return make_digests(_Inside(self.vault), people)

    def code(self, digests: Digests) -> str:
        return self.vault.register(PROVIDER, [digests])[0].code.hex()

    def install(self, app: Flask) -> None:
        bp = Blueprint("trial", __name__)

        @bp.route("/zkouska", methods=["GET", "POST"])
        @requires(Permission.PUBLIC)
        def page() -> str:
            return self._page()

        @bp.post("/zkouska/body")
        @requires(Permission.PUBLIC)
        def points() -> Response:
            return self._points()

        @bp.post("/zkouska/kody")
        @requires(Permission.PUBLIC)
        def codes() -> Response:
            return self._codes()

        app.register_blueprint(bp)

    def _page(self) -> str:
        if request.method == "POST":
            self.forms.append(request.form.to_dict())
        return render_template_string(PAGE)

    def _points(self) -> Response:
        if self.fails:
            self.fails -= 1
            return Response(status=503)
        points = [bytes.fromhex(point) for point in request.json["points"]]  # type: ignore[index] # the page sends it
        return jsonify(points=[point.hex() for point in self.vault.evaluate(PROVIDER, points)])

    def _codes(self) -> Response:
        people = [
            tuple(digest and bytes.fromhex(digest) for digest in row)
            for row in request.json["people"]  # type: ignore[index] # the page sends it
        ]
        return jsonify(codes=[one.code.hex() for one in self.vault.register(PROVIDER, people)])


@dataclass
class _Inside:
    vault: Vault

    def evaluate(self, points: list[bytes]) -> list[bytes]:
        return self.vault.evaluate(PROVIDER, points)

    def codes(self, people: list[Digests]) -> list[bytes]:
        return [one.code for one in self.vault.register(PROVIDER, people)]


@contextmanager
def coding_page(folder: Path) -> Iterator[CodingPage]:
    with fresh_vault(folder) as vault:
        page = CodingPage(vault)
        with serving(folder, page.install) as (url, _):
            page.url = url
            yield page
