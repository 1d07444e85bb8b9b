"""A portal on a port of its own, on an empty database filled for the test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import make_server

from portal.app import create_app
from portal.core.db import db
from tests.conftest import fresh_database, test_settings

Filled = TypeVar("Filled")


@contextmanager
def serving(folder: Path, fill: Callable[[Flask], Filled]) -> Iterator[tuple[str, Filled]]:
    """Address of the portal, and what ``fill(app)`` returned after storing what the pages shall show."""
    with fresh_database("sqlite", folder) as database_url:
        app = create_app(test_settings(database_url, folder))
        with app.app_context():
            upgrade()
            filled = fill(app)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", filled
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            with app.app_context():
                db.engine.dispose()
