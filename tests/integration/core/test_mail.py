"""Letters over SMTP: what goes, and which failures are one letter's and which are everybody's."""

import smtplib
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from portal.core.mail import Mail, MailFailed, is_mail_set, send_mail
from tests.conftest import test_settings as make_settings
from tests.factories.mail_server import mail_server

LETTER = Mail("eva@sluzby.example", "Chybí čtvrtletní výkazy", "Dobrý den,\n.\nřádek po tečce\n", "k1")


@pytest.fixture
def settings(tmp_path):
    return make_settings("sqlite://", tmp_path)


def failure(settings, url, mail=LETTER):
    with pytest.raises(MailFailed) as caught:
        send_mail(replace(settings, smtp_url=url), mail)
    return caught.value


def test_a_letter_arrives_whole(settings):
    with mail_server() as server:
        send_mail(replace(settings, smtp_url=server.url, mail_from="portal@kraj.example"), LETTER)
        assert [recipient for recipient, _ in server.letters] == ["eva@sluzby.example"]
        letter = message_from_bytes(server.letters[0][1], policy=default)
    assert letter["Subject"] == "Chybí čtvrtletní výkazy"
    assert letter["From"] == "Olomoucký kraj <portal@kraj.example>"
    assert letter["Reply-To"] == settings.contact_email
    assert letter["Message-ID"] == "<k1@kraj.example>"
    assert "řádek po tečce" in letter.get_content()


def test_a_refused_recipient_is_the_fault_of_one_letter(settings):
    with mail_server(refused=frozenset({"eva@sluzby.example"})) as server:
        error = failure(settings, server.url)
        assert (error.reason, error.is_unreachable) == ("550 no such mailbox", False)
        send_mail(replace(settings, smtp_url=server.url), replace(LETTER, to="jan@sluzby.example"))
        assert [recipient for recipient, _ in server.letters] == ["jan@sluzby.example"]


def test_a_refused_letter_is_the_fault_of_one_letter(settings):
    with mail_server(data_answer="554 looks like spam") as server:
        error = failure(settings, server.url)
    assert (error.reason, error.is_unreachable) == ("554 looks like spam", False)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"greeting": "554 closed today"}, "554 closed today"),
        ({"sender_answer": "530 sign in first"}, "530 sign in first"),
    ],
)
def test_what_would_meet_every_letter_says_so(settings, changes, reason):
    with mail_server(**changes) as server:
        error = failure(settings, server.url)
    assert (error.reason, error.is_unreachable) == (reason, True)


def test_a_server_that_is_down(settings):
    with mail_server() as server:
        url = server.url
    error = failure(settings, url)
    assert error.is_unreachable
    assert "ConnectionRefusedError" in error.reason


def test_a_password_never_goes_without_encryption(settings):
    with mail_server(extensions=("AUTH PLAIN",), passwords=frozenset({("portal", "tajné")})) as server:
        error = failure(settings, server.url.replace("//", "//portal:tajn%C3%A9@"))
        assert "AUTH" not in server.commands
        assert server.letters == []
    assert error.is_unreachable
    assert "tajn" not in error.reason


@pytest.fixture
def encrypted(monkeypatch):
    """The server of the tests has no certificate: the step to encryption is noted and left out."""
    asked = []
    monkeypatch.setattr(smtplib.SMTP, "starttls", lambda server, *, context: asked.append(context.check_hostname))
    return asked


def test_a_name_and_a_password(settings, encrypted):
    known = frozenset({("portal", "p@ss:word")})
    with mail_server(extensions=("STARTTLS", "AUTH PLAIN"), passwords=known) as server:
        send_mail(replace(settings, smtp_url=server.url.replace("//", "//portal:p%40ss%3Aword@")), LETTER)
        assert len(server.letters) == 1
    assert encrypted == [True]


def test_a_wrong_password_ends_the_round_and_is_not_told(settings, encrypted):
    known = frozenset({("portal", "another")})
    with mail_server(extensions=("STARTTLS", "AUTH PLAIN"), passwords=known) as server:
        error = failure(settings, server.url.replace("//", "//portal:secret-word@"))
        assert server.letters == []
    assert (error.reason, error.is_unreachable) == ("535 wrong name or password", True)


def test_an_address_that_no_header_can_hold_fails_alone(settings):
    with mail_server() as server:
        error = failure(settings, server.url, replace(LETTER, to="eva@sluzby.example\r\nBcc: x@y.example"))
        assert server.commands == []
    assert not error.is_unreachable


def test_production_without_a_server_sends_nothing(settings):
    production = replace(settings, environment="production")
    assert not is_mail_set(production)
    assert failure(production, None).is_unreachable
    assert not (settings.instance_dir / "mail").exists()


def test_without_a_server_letters_become_files(settings):
    send_mail(settings, LETTER)
    (file,) = (settings.instance_dir / "mail").glob("*.eml")
    assert message_from_bytes(file.read_bytes(), policy=default)["To"] == "eva@sluzby.example"
