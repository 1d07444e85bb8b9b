"""Every error is a page in the look of the portal: what happened, what to do, whom to give which number."""

import logging
import re

import pytest
from flask import Blueprint, abort
from flask.testing import FlaskClient

from portal.app import create_app
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated
from portal.web.gate import requires
from tests.conftest import test_settings

REFERENCE = re.compile(r"\d{4}-\d{4}")
RAISED = {
    "neplatne": Invalid(_m("Invalid input.")),
    "cizi": NotFound(_m("Invalid input.")),
    "zakazane": Forbidden(_m("Invalid input.")),
    "stret": Conflict(_m("Invalid input.")),
    "omezeni": ConstraintViolated("ck_secret_name"),
    "nehoda": RuntimeError("secret detail"),
}


@pytest.fixture
def client(tmp_path) -> FlaskClient:
    app = create_app(test_settings("sqlite://", tmp_path))
    app.testing = False  # errors are answered, not raised
    app.config["PROPAGATE_EXCEPTIONS"] = False
    bp = Blueprint("trial", __name__)

    @bp.get("/stav/<int:status>")
    @requires(Permission.PUBLIC)
    def status(status: int) -> str:
        abort(status)

    @bp.get("/vyjimka/<name>")
    @requires(Permission.PUBLIC)
    def raised(name: str) -> str:
        raise RAISED[name]

    @bp.get("/nevyhlaseno")
    def undeclared() -> str:
        return "never"

    app.register_blueprint(bp)
    return app.test_client()


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500, 418, 503])
def test_every_status_is_a_page_in_the_look(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/stav/{status}")
    assert answer.status_code == status
    assert answer.text.count("<h1") == 1
    assert f"Chyba {status}" in answer.text
    assert 'class="portal-header"' in answer.text
    assert bool(REFERENCE.search(answer.text)) == (status not in (404, 405))


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("neplatne", 400, "Neplatný vstup."),
        ("cizi", 404, "Taková stránka tu není"),
        ("zakazane", 403, "Neplatný vstup."),
        ("stret", 409, "Neplatný vstup."),
        ("omezeni", 409, "Údaje se mezitím změnily"),
        ("nehoda", 500, "Na naší straně se něco pokazilo"),
    ],
)
def test_an_error_of_the_domain_says_its_sentence(client: FlaskClient, name: str, status: int, says: str) -> None:
    answer = client.get(f"/vyjimka/{name}")
    assert answer.status_code == status
    assert says in answer.text
    assert "secret" not in answer.text


def test_a_missing_object_and_a_foreign_one_look_the_same(client: FlaskClient) -> None:
    foreign, missing = client.get("/vyjimka/cizi"), client.get("/stav/404")
    nonce = re.compile(r'nonce="[^"]+"|/(vyjimka|stav)/\w+')
    assert nonce.sub("", foreign.text) == nonce.sub("", missing.text)


def test_the_log_knows_the_number_on_the_page(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = client.get("/vyjimka/nehoda")
    found = REFERENCE.search(answer.text)
    assert found is not None
    assert found.group() in caplog.text
    assert "secret detail" in caplog.text


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/prohlaseni-o-pristupnosti")
    assert answer.status_code in (400, 405)  # without a CSRF token the request does not even get so far
    assert client.post("/robots.txt").status_code in (400, 405)


def test_an_endpoint_without_a_permission_answers_nobody(client: FlaskClient) -> None:
    answer = client.get("/nevyhlaseno")
    assert answer.status_code == 403
    assert "never" not in answer.text


def test_when_even_the_error_page_fails_the_visitor_gets_a_number(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_kwargs: object) -> str:
        raise RuntimeError("no templates")

    monkeypatch.setattr("portal.web.errors.render_template", broken)
    answer = client.get("/vyjimka/nehoda")
    assert answer.status_code == 500
    found = REFERENCE.search(answer.text)
    assert found is not None
    assert found.group() in caplog.text
    assert "no templates" not in answer.text


def test_errors_are_told_in_the_readers_language(client: FlaskClient) -> None:
    client.set_cookie("lang", "en")
    assert "There is no such page" in client.get("/neni").text


def test_the_log_does_not_hold_the_token_of_a_one_time_link(app, client, caplog):
    answer = client.post("/nastaveni-hesla/token-that-opens-the-account", data={"password": "x"})
    assert answer.status_code == 400, "the form without its token is what the log tells about"
    assert "/nastaveni-hesla/…" in caplog.text
    assert "token-that-opens-the-account" not in caplog.text
