"""The blueprint that the pages of the ministry's reporting hang on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("ministry", __name__)
