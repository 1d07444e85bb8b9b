"""The line to the portal: JSON over HTTPS with a provider's key, patient with a portal that is busy."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import IO, Any, Final
from urllib.parse import urlsplit

from portal.core.messages import Message, _m
from portal.identity.coding import BAD_ANSWER, CodingFailed, Digests

POINTS_PATH: Final = "/zadatele/kody/body"
CODES_PATH: Final = "/zadatele/kody"
TIMEOUT_S: Final = 60
WAITS_S: Final = (1, 2, 5, 15, 40, 60)  # before each further attempt
MAX_WAIT_S: Final = 120
MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024
_BUSY: Final = frozenset({429, 500, 502, 503, 504})
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The key must not be carried elsewhere, and a POST would arrive there as a GET."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def check_address(url: str) -> str:
    """The portal's address without a slash at its end. Raises CodingFailed for one that would show the key around."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CodingFailed(_m("The address of the portal must begin with https://, such as https://portal.example."))
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        raise CodingFailed(_m("The address must begin with https://, or others on the way could read your key."))
    return url.strip().rstrip("/")


class HttpPortal:
    """The portal at ``url`` for the holder of ``token``; ``wait`` is told why before it waits and asks again."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        wait: Callable[[float], None] = time.sleep,
        tell: Callable[[Message], None] = lambda _message: None,
    ) -> None:
        self._url = check_address(url)
        self._token = token
        self._wait = wait
        self._tell = tell
        self._opener = urllib.request.build_opener(_NoRedirect)

    def evaluate(self, points: Sequence[bytes]) -> list[bytes]:
        answer = self._ask(POINTS_PATH, {"points": [point.hex() for point in points]})
        return _bytes_list(answer, "points")

    def codes(self, people: Sequence[Digests]) -> list[bytes]:
        rows = [[None if digest is None else digest.hex() for digest in digests] for digests in people]
        return _bytes_list(self._ask(CODES_PATH, {"people": rows}), "codes")

    def _ask(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            self._url + path,
            data=json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Accept": "application/json",
                "Authorization": f"Bearer {self._token}",
            },
            method="POST",
        )
        for wait_s in (*WAITS_S, None):
            try:
                with self._opener.open(request, timeout=TIMEOUT_S) as response:
                    return json.loads(_limited(response))
            except urllib.error.HTTPError as error:
                with error:
                    refusal = _refusal(error)
                    asked_s = _asked_wait(error)
                is_for_today = error.code == HTTPStatus.TOO_MANY_REQUESTS and asked_s > MAX_WAIT_S
                if error.code not in _BUSY or wait_s is None or is_for_today:
                    raise CodingFailed(refusal) from error
                pause_s = max(wait_s, min(asked_s, MAX_WAIT_S))
            except (OSError, http.client.HTTPException) as error:
                if wait_s is None:
                    raise CodingFailed(
                        _m("The portal does not answer. Check the address and the connection.")
                    ) from error
                pause_s = wait_s
            except ValueError as error:
                raise CodingFailed(BAD_ANSWER) from error
            self._tell(_m("The portal is not ready; asking again in %(seconds)s s.", seconds=round(pause_s)))
            self._wait(pause_s)
        raise AssertionError("the last attempt returns or raises")


def _limited(response: IO[bytes]) -> bytes:
    content = response.read(MAX_ANSWER_BYTES + 1)
    if len(content) > MAX_ANSWER_BYTES:
        raise ValueError("the answer is too long")
    return content


def _asked_wait(error: urllib.error.HTTPError) -> float:
    written = error.headers.get("Retry-After", "")
    return float(written) if written.isascii() and written.isdigit() else 0.0


def _refusal(error: urllib.error.HTTPError) -> Message:
    """Why the portal refused: its own sentence where it gave one."""
    if error.code in (401, 403):
        return _m("The portal does not know the key, or it was withdrawn. Make a new one in the portal.")
    if error.code in (301, 302, 303, 307, 308, 404):
        return _m("There is no portal that makes codes at this address.")
    try:
        said = json.loads(_limited(error)).get("message")
    except (ValueError, AttributeError, OSError):
        said = None
    if isinstance(said, str) and said:
        return Message("%(sentence)s", {"sentence": said[:500]})
    return _m("The portal refused the request (%(status)s).", status=error.code)


def _bytes_list(answer: Any, name: str) -> list[bytes]:
    try:
        return [bytes.fromhex(text) for text in answer[name]]
    except (KeyError, TypeError, ValueError) as error:
        raise CodingFailed(BAD_ANSWER) from error
