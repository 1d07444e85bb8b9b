"""What every page may name: the region, its colours, the navigation, messages left for the visitor."""

from __future__ import annotations

from typing import cast

from flask import Flask, get_flashed_messages
from markupsafe import Markup

from portal.core.config import Settings
from portal.web.branding import palette, style_rule
from portal.web.languages import LANGUAGES
from portal.web.navigation import carries_session, is_installed, navigation_menu, visitor


def flashes() -> list[tuple[str, str]]:
    """Messages left by the last action, each shown once. Visitors without a session have none."""
    if not carries_session():
        return []
    return cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))


def init_look(app: Flask) -> None:
    settings: Settings = app.extensions["portal_settings"]
    app.jinja_env.globals.update(
        settings=settings,
        palette=palette(settings.brand_colour, settings.accent_colour),
        # Built from colours that the settings checked: six hexadecimal digits each.
        brand_style=Markup(style_rule(settings.brand_colour, settings.accent_colour)),
        languages=LANGUAGES,
        flashes=flashes,
        is_installed=is_installed,
        navigation_menu=navigation_menu,
        visitor=visitor,
    )
