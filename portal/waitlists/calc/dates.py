"""When an application is to be confirmed and when it expires. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from portal.waitlists.types import Rules


def confirm_by(confirmed_on: date, rules: Rules) -> date:
    """The day from which a new confirmation is asked for."""
    return confirmed_on + timedelta(days=rules.confirm_after_days)


def expires_on(confirmed_on: date, rules: Rules) -> date:
    """The day on which the application expires, unless it is confirmed before."""
    return confirmed_on + timedelta(days=rules.confirm_after_days + rules.grace_days)


def last_confirmed_to_ask(today: date, rules: Rules) -> date:
    """Applications confirmed on this day or before are to be confirmed anew; the twin of ``confirm_by``."""
    return today - timedelta(days=rules.confirm_after_days)


def last_confirmed_to_expire(today: date, rules: Rules) -> date:
    """Applications confirmed on this day or before have expired; the twin of ``expires_on``."""
    return today - timedelta(days=rules.confirm_after_days + rules.grace_days)
