"""All pages of accounts, for the application to register."""

from portal.accounts.views import administration, login, own, record, second_factor
from portal.accounts.views.blueprint import bp

__all__ = ["administration", "bp", "login", "own", "record", "second_factor"]
