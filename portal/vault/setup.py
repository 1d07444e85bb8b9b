"""The vault within the application."""

from __future__ import annotations

from flask import Flask

from portal.core.config import Settings
from portal.vault.service import LocalVault, open_vault

EXTENSION = "portal_vault"


def init_vault(app: Flask, settings: Settings) -> None:
    """``app.extensions["portal_vault"]`` is the vault; it is opened at its first use."""
    app.extensions[EXTENSION] = open_vault(settings)


def let_go(app: Flask) -> None:
    """Close the vault's database, before the process divides; it is opened again at the next use."""
    vault = app.extensions[EXTENSION]
    if isinstance(vault, LocalVault):
        vault.close()
