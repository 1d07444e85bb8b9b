"""The blueprint that all pages of accounts register with."""

from flask import Blueprint

bp = Blueprint("accounts", __name__, template_folder="../templates")
