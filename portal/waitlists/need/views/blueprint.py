"""The blueprint of need, and what its pages share."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, Flask, current_app, request

from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.waitlists.need.types import PublishedCounts
from portal.waitlists.need.words import range_text

bp = Blueprint("need", __name__, template_folder="../../templates")
_PUBLISHED = "portal_published_need"

bp.add_app_template_filter(range_text, "persons_range")


def publish_by(app: Flask, published: PublishedCounts) -> None:
    """Let releases, which lie above need, say what they tell of ORP."""
    app.extensions[_PUBLISHED] = published


def published_counts() -> PublishedCounts:
    """What releases tell. Raises KeyError where nobody hands it in: then no figure of an ORP may be shown."""
    found: PublishedCounts = current_app.extensions[_PUBLISHED]
    return found


def chosen(name: str, known: Collection[str]) -> str | None:
    """A value of a filter; None where nothing is asked. Raises Invalid for one that is not offered."""
    text = request.args.get(name, "")
    if not text:
        return None
    if text not in known:
        raise Invalid(_m("The list cannot be filtered in this way. Choose from the values offered."))
    return text
