"""Built assets: kept by browsers for ever, compressed, never guessed."""

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.web import assets


def test_a_built_file_may_be_kept_for_ever(client: FlaskClient, app: Flask) -> None:
    with app.test_request_context("/"):
        address = assets.asset("web/portal.css")
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/css"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


@pytest.mark.parametrize(("accepts", "encoding"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)])
def test_the_best_compression_is_sent(client: FlaskClient, app: Flask, accepts: str, encoding: str | None) -> None:
    with app.test_request_context("/"):
        address = assets.asset("web/portal.js")
    answer = client.get(address, headers={"Accept-Encoding": accepts})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.mimetype == "text/javascript"
    answer.close()


@pytest.mark.parametrize("name", ["manifest.json", "../../views.py", "web/portal.css", "neni.js"])
def test_only_built_files_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code == 404


def test_every_file_of_the_manifest_is_there(app: Flask) -> None:
    with app.test_request_context("/"):
        built = assets.manifest()
    assert {"web/portal.css", "web/portal.js", "vendor/leaflet.js", "vendor/plotly.js"} <= set(built)
    assert [name for name in built.values() if not (assets.DIST / name).is_file()] == []


def test_a_missing_build_says_what_to_run(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "DIST", tmp_path)
    with app.test_request_context("/"):
        with pytest.raises(assets.AssetsNotBuilt, match=r"build\.mjs"):
            assets.asset("web/portal.css")
        (tmp_path / "manifest.json").write_text(json.dumps({}))
        with pytest.raises(assets.AssetsNotBuilt, match=r"no built asset 'web/portal\.css'"):
            assets.asset("web/portal.css")


def test_the_look_takes_nothing_from_the_british_government(app: Flask) -> None:
    with app.test_request_context("/"):
        css = (assets.DIST / assets.manifest()["web/portal.css"]).read_text()
    assert "GDS Transport" not in css
    assert "crest" not in css
    assert "crown" not in css
    assert "url(http" not in css.replace('"', "")
    assert "url(//" not in css.replace('"', "")
    assert "Roboto" in css
