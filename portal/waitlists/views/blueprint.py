"""The blueprints of the waiting lists, and what their pages share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from portal.catalog.types import service_types
from portal.core.errors import Invalid, PortalError
from portal.core.messages import _m
from portal.core.settings import current_settings
from portal.returns import service as returns
from portal.returns.service import ResidenceWords
from portal.vault.types import LimitReached, VaultUnavailable
from portal.waitlists.calc.codes import short_code
from portal.waitlists.words import reason_text
from portal.web.errors import error_page
from portal.web.languages import current_language, say

bp = Blueprint("waitlists", __name__, template_folder="../templates")
codes_bp = Blueprint("person_codes", __name__)  # has its own check of the token, see views/codes.py

Answer = str | Response | tuple[str, int]

VAULT_STATUS: dict[type[PortalError], int] = {LimitReached: 429, VaultUnavailable: 503}
VAULT_ERRORS = (LimitReached, VaultUnavailable)

bp.add_app_template_filter(short_code, "short_code")
bp.add_app_template_global(reason_text, "waitlist_reason")


def words() -> ResidenceWords:
    """Municipalities, target groups and situations in the reader's language. Three statements."""
    return returns.residence_words(current_language())


def asked_form() -> dict[str, str]:
    """What came with the form, without what the kraj does not collect."""
    settings = current_settings()
    return {name: text for name, text in request.form.items() if name != "sex" or settings.collects_sex}


def type_name(type_code: str) -> str:
    known = service_types().get(type_code)
    return f"§ {type_code}" if known is None else known.name(current_language())


def chosen(name: str, known: Any) -> str | None:
    """A value of a filter; None where nothing is asked. Raises Invalid for one that is not offered."""
    text = request.args.get(name, "")
    if not text:
        return None
    if text not in known:
        raise Invalid(_m("The list cannot be filtered in this way. Choose from the values offered."))
    return text


def pages_of(total: int, size: int) -> int:
    return max(1, -(-total // size))


def vault_refused(error: LimitReached | VaultUnavailable, page: str | Response) -> Response:
    """The page that says so, with everything typed on it, under the status of the error and with the time to wait."""
    answer: Response = make_response(page, VAULT_STATUS[type(error)])
    answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


@bp.app_errorhandler(LimitReached)
@bp.app_errorhandler(VaultUnavailable)
def vault_failed(error: LimitReached | VaultUnavailable) -> Response:
    """Where a page that asks the vault does not answer itself; a visitor who waits may send the form again."""
    return vault_refused(error, error_page(VAULT_STATUS[type(error)], sentence=say(error.message)))
