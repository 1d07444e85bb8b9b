"""A portal on a port of its own, on an empty database filled for the test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from werkzeug.serving import make_server

from portal.app import create_app
from portal.core.db import db
from tests.conftest import migrated_database, test_settings

Filled = TypeVar("Filled")


def closing_bodies(application: Any) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """The same application; a body is closed also when the browser moved on before it had it all.

    The server of werkzeug reads the dropped connection once more before it closes the body; that fails, and an open
    file is left to the collector. A generator closes what it holds as soon as the server lets go of it.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        body = application(environ, start_response)
        with closing(body) if hasattr(body, "close") else nullcontext():
            yield from body

    return answer


@contextmanager
def serving(folder: Path, fill: Callable[[Flask], Filled]) -> Iterator[tuple[str, Filled]]:
    """Address of the portal, and what ``fill(app)`` returned after storing what the pages shall show."""
    with migrated_database("sqlite", folder) as database_url:
        app = create_app(test_settings(database_url, folder))
        with app.app_context():
            filled = fill(app)
        server = make_server("127.0.0.1", 0, closing_bodies(app), threaded=True)
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
