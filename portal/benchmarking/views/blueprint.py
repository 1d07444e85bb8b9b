"""The blueprint that the pages of benchmarking hang on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("benchmarking", __name__, template_folder="../templates")
