"""The settings of the application that serves the present request or command."""

from __future__ import annotations

from flask import current_app

from portal.core.config import Settings


def current_settings() -> Settings:
    """Raises RuntimeError outside of an application."""
    found: Settings = current_app.extensions["portal_settings"]
    return found
