"""Settings: what production refuses to start with, and what cannot be meant."""

from __future__ import annotations

import stat

import pytest

from portal.app import create_app
from portal.core.config import ConfigError, load_settings
from tests.conftest import test_settings

PRODUCTION = {"PORTAL_ENV": "production", "PORTAL_SECRET_KEY": "k" * 32, "PORTAL_DATABASE_URL": "sqlite://"}


def test_production_starts_with_a_secret_alone():
    assert load_settings(PRODUCTION).is_production


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PORTAL_SECRET_KEY", ""),
        ("PORTAL_SECRET_KEY", "k" * 31),
        ("PORTAL_DEBUG", "1"),
        ("FLASK_DEBUG", "true"),
        ("PORTAL_DEMO_LOGINS", "1"),
    ],
)
def test_production_refuses_to_start_unsafe(setting, value):
    with pytest.raises(ConfigError, match=setting):
        load_settings({**PRODUCTION, setting: value})


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PORTAL_ENV", "prod"),
        ("PORTAL_DEBUG", "perhaps"),
        ("PORTAL_TRUSTED_PROXIES", "-1"),
        ("PORTAL_BRAND_COLOUR", "red;}*{"),
        ("PORTAL_PUBLIC_URL", "portal.kraj.example"),
        ("PORTAL_ACCESSIBILITY_PREPARED", "22. 11. 2026"),
        ("PORTAL_SMTP_URL", "mail.kraj.example"),
        ("PORTAL_SMTP_URL", "http://mail.kraj.example"),
        ("PORTAL_SMTP_URL", "smtp://mail.kraj.example:0"),
        ("PORTAL_SMTP_URL", "smtp://mail.kraj.example:99999"),
        ("PORTAL_SMTP_URL", "smtp://portal@mail.kraj.example"),
        ("PORTAL_MAIL_FROM", "portal"),
        ("PORTAL_MAIL_FROM", "portal@"),
        ("PORTAL_MAIL_FROM", "Portal <portal@kraj.example>"),
        ("PORTAL_CONTACT_EMAIL", "two words@kraj.example"),
        ("PORTAL_REMIND_BEFORE", "14;3"),
        ("PORTAL_REMIND_AFTER", "0"),
        ("PORTAL_REMIND_HOUR", "24"),
        ("PORTAL_PUBLISH_GROUPS_AFTER", "91"),
        ("PORTAL_PUBLISH_GROUPS_AFTER", "soon"),
        ("PORTAL_ACCESSIBILITY_REVIEWED", "2000-01-01"),
        ("PORTAL_CONFIRM_LETTER_DAYS", "0"),
        ("PORTAL_CONFIRM_LETTER_DAYS", "367"),
        ("PORTAL_COLLECT_SEX", "perhaps"),
        ("PORTAL_WAIT_PERSONS", "11"),
        ("PORTAL_WAIT_PROVIDERS", "2"),
        ("PORTAL_WAIT_SHARE", "51"),
        ("PORTAL_WAIT_SHARE", "0"),
        ("PORTAL_DETOUR_FACTOR", "0,9"),
        ("PORTAL_DETOUR_FACTOR", "nan"),
        ("PORTAL_DETOUR_FACTOR", "4"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(setting, value, tmp_path):
    with pytest.raises(ConfigError, match=setting):
        load_settings({"PORTAL_INSTANCE": str(tmp_path), setting: value})


def test_nobody_else_on_the_machine_looks_into_the_instance(tmp_path):
    create_app(test_settings("sqlite://", tmp_path / "instance"))
    load_settings({"PORTAL_INSTANCE": str(tmp_path / "another")})
    for name in ("instance", "another"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    ("host", "status"),
    [("portal.kraj.example", 200), ("portal.kraj.example:8443", 200), ("127.0.0.1:8000", 200), ("evil.example", 400)],
)
def test_a_portal_that_knows_its_address_answers_under_it_alone(host, status, tmp_path):
    app = create_app(test_settings("sqlite://", tmp_path, PORTAL_PUBLIC_URL="https://portal.kraj.example"))
    assert app.test_client().get("/robots.txt", headers={"Host": host}).status_code == status
