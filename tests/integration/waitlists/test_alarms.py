"""The kraj is told once of a provider that asks for very many codes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.mail import Mail, MailFailed
from portal.vault.service import LocalVault
from portal.vault.types import LimitReached
from portal.waitlists import alarms
from portal.waitlists.alarms import tell_of_alarms
from tests.factories.vault import fresh_vault, person, vault_settings

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
def letters(monkeypatch) -> list[Mail]:
    sent: list[Mail] = []
    monkeypatch.setattr(alarms, "send_mail", lambda _settings, mail: sent.append(mail))
    return sent


def recorded() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.object_key).where(AuditEntry.action == "waitlists.vault.alarm")))


def test_one_letter_and_one_entry_for_each_provider_and_day(app, letters, tmp_path):
    settings = app.extensions["portal_settings"]
    with frozen_at(NOW), fresh_vault(tmp_path, daily_points=5, alarm_points=3) as vault:
        vault.register("25596641", [person("Jana")])
        tell_of_alarms(vault, settings)
        assert recorded() == []
        vault.register("25596641", [person("Petr"), person("Li")])
        with pytest.raises(LimitReached):
            vault.register("27156524", [person(str(number)) for number in range(6)])
        tell_of_alarms(vault, settings)
        tell_of_alarms(vault, settings)
    assert sorted(recorded()) == ["25596641/2026-05-04", "27156524/2026-05-04"]
    assert [letter.to for letter in letters] == [settings.contact_email] * 2
    assert "25596641" in letters[0].subject
    assert "4. 5. 2026" in letters[0].body.replace("\xa0", " ")


def test_a_letter_that_fails_and_a_vault_that_is_down_stop_nothing(app, monkeypatch, caplog, tmp_path):
    settings = app.extensions["portal_settings"]

    def fail(_settings: object, _mail: Mail) -> None:
        raise MailFailed("no server")

    monkeypatch.setattr(alarms, "send_mail", fail)
    with frozen_at(NOW), fresh_vault(tmp_path, alarm_points=1) as vault:
        vault.register("25596641", [person("Jana")])
        tell_of_alarms(vault, settings)
    assert recorded() == ["25596641/2026-05-04"]
    (tmp_path / "none").mkdir()
    tell_of_alarms(LocalVault(vault_settings(Path(tmp_path / "none"))), settings)
    assert "did not go" in caplog.text
    assert "cannot be read" in caplog.text
