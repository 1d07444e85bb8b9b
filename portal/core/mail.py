"""Letters: an SMTP server where one is set, files in a mailbox folder otherwise (never in production).

One letter that cannot go does not hold the others: each call says for itself whether it went.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from portal.core.clock import now_utc
from portal.core.config import Settings
from portal.core.errors import PortalError
from portal.core.messages import _m

TIMEOUT_S = 20
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


class MailFailed(PortalError):
    """A letter that did not go; ``is_unreachable`` when no other would go now either."""

    def __init__(self, reason: str, *, is_unreachable: bool = False) -> None:
        super().__init__(_m("The letter could not be sent: %(reason)s.", reason=reason))
        self.reason = reason
        self.is_unreachable = is_unreachable


@dataclass(frozen=True)
class Mail:
    """A plain text for one person. ``key`` is unique and goes into Message-ID, so that a doubled letter is seen."""

    to: str
    subject: str
    body: str
    key: str


def is_mail_set(settings: Settings) -> bool:
    """Whether letters can go anywhere: production without an SMTP server sends none."""
    return settings.smtp_url is not None or not settings.is_production


def send_mail(settings: Settings, mail: Mail) -> None:
    """Hand one letter over. Raises MailFailed."""
    try:
        message = _message(settings, mail)
    except (ValueError, IndexError) as error:  # an address or a subject that no header can hold
        raise MailFailed(str(error)) from error
    if settings.smtp_url is not None:
        _send(settings.smtp_url, message)
    elif settings.is_production:
        raise MailFailed("PORTAL_SMTP_URL", is_unreachable=True)
    else:
        _store(settings.instance_dir / "mail", mail.key, message)


def _message(settings: Settings, mail: Mail) -> EmailMessage:
    domain = settings.mail_from.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=settings.region_name, addr_spec=settings.mail_from)
    message["To"] = Address(addr_spec=mail.to)
    message["Reply-To"] = Address(addr_spec=settings.contact_email)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now_utc())
    message["Message-ID"] = f"<{mail.key}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _send(url: str, message: EmailMessage) -> None:
    """Only a refused recipient or letter is this letter's fault; all else would meet the next one as well."""
    try:
        server = _connected(url)
    except (OSError, smtplib.SMTPException) as error:
        raise MailFailed(_words(error), is_unreachable=True) from error
    try:
        with server:
            server.send_message(message)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPNotSupportedError, ValueError) as error:
        raise MailFailed(_words(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise MailFailed(_words(error), is_unreachable=True) from error


def _connected(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    host = parts.hostname or ""
    trusted = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=trusted)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    try:
        server.ehlo()
        if parts.scheme == "smtp" and (parts.username or server.has_extn("starttls")):
            server.starttls(context=trusted)  # a password never goes without it
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _store(folder: Path, key: str, message: EmailMessage) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / f"{now_utc():%Y%m%dT%H%M%S}-{key}.eml").write_bytes(message.as_bytes())
    except OSError as error:
        raise MailFailed(_words(error), is_unreachable=True) from error


def _words(error: Exception) -> str:
    """What the server or the network said, in one line; never what was sent, so no password."""
    answer: object = error
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answer = next(iter(error.recipients.values()))
    if isinstance(error, smtplib.SMTPResponseException):
        answer = (error.smtp_code, error.smtp_error)
    if isinstance(answer, tuple):
        code, text = answer
        answer = f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
    else:
        answer = f"{type(error).__name__} {error}"
    return " ".join(str(answer).split())[:300]
