"""A small server with a vault behind it, in place of the portal's: what a provider's program talks to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from portal.vault.types import Vault
from tests.factories.vault import fresh_vault

TOKEN = "kissos_test"
PROVIDER = "27000001"
Answer = Callable[[Request], Response | None]


@dataclass
class CodingServer:
    """``url``; every request that came, as path, headers and body; ``instead`` may answer in place of the vault."""

    vault: Vault
    url: str = ""
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    instead: list[Answer] = field(default_factory=list)  # each for one request

    def answer(self, request: Request) -> Response:
        self.requests.append((request.path, str(request.headers), request.get_data()))
        if self.instead and (other := self.instead.pop(0)(request)) is not None:
            return other
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Response(status=401)
        return self.ask_vault(request)

    def ask_vault(self, request: Request) -> Response:
        body: Any = request.get_json()
        if request.path == "/zadatele/kody/body":
            points = self.vault.evaluate(PROVIDER, [bytes.fromhex(point) for point in body["points"]])
            return as_json({"points": [point.hex() for point in points]})
        if request.path == "/zadatele/kody":
            people = [
                tuple(None if digest is None else bytes.fromhex(digest) for digest in row) for row in body["people"]
            ]
            return as_json({"codes": [one.code.hex() for one in self.vault.register(PROVIDER, people)]})
        return Response(status=404)


def as_json(value: object, status: int = 200, **headers: str) -> Response:
    return Response(json.dumps(value), status, headers, content_type="application/json")


@contextmanager
def coding_server(folder: Path) -> Iterator[CodingServer]:
    with fresh_vault(folder) as vault:
        coding = CodingServer(vault)
        server = make_server("127.0.0.1", 0, Request.application(coding.answer), threaded=True)
        coding.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield coding
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
