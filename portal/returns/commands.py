"""The part of the ``portal`` command that concerns quarterly returns."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import click
from flask.cli import with_appcontext

from portal.core.clock import today
from portal.core.errors import Invalid
from portal.core.mail import is_mail_set
from portal.core.messages import _m
from portal.core.permissions import OPERATOR
from portal.core.settings import current_settings
from portal.core.transaction import transaction
from portal.returns import service
from portal.returns.file_commands import check_file, import_file, roll_back
from portal.returns.letters import compose, plan_and_send
from portal.returns.readings import ReturnReading
from portal.returns.service.reminders import plan_due
from portal.returns.types import Period, ReportingDates
from portal.web.formats import day
from portal.web.languages import say


@click.group("returns")
def returns() -> None:
    """Quarterly returns."""


for command in (check_file, import_file, roll_back):
    returns.add_command(command)


@returns.command()
@click.option("--dry-run", is_flag=True, help="Only list whom to write and what.")
@click.option("--on", "on_day", help="As if today were this day, as 2027-01-22.")
@with_appcontext
def remind(dry_run: bool, on_day: str | None) -> None:
    """Write to those who have not handed in: what falls on the day, never twice the same, and what failed before."""
    settings = current_settings()
    on = _day(on_day) if on_day else today()
    if dry_run:
        write = compose(settings)
        for period, messages in plan_due(on, settings.remind_before_days, settings.remind_after_days):
            for message in messages:
                letter = write(message.addressee, period)
                click.echo(f"{message.addressee.email}\t{', '.join(message.kinds)}\n{letter.subject}\n{letter.body}")
        return
    if not is_mail_set(settings):
        raise Invalid(_m("No mail can be sent: set PORTAL_SMTP_URL."))
    counts = plan_and_send(OPERATOR, settings, on)
    click.echo(json.dumps(counts))
    if counts["failed"]:
        raise Invalid(_m("Some letters did not go; they are tried again."))


@returns.group()
def periods() -> None:
    """Quarters that are open for reporting."""


@periods.command("open")
@click.argument("period")
@click.option("--on-time-until", required=True, help="The first day that is late, as 2027-01-26.")
@click.option("--closes-on", required=True, help="The first day that is closed, as 2027-02-16.")
@click.option("--reason", default="", help="Why the dates of an open quarter are moved.")
@with_appcontext
def open_period(period: str, on_time_until: str, closes_on: str, reason: str) -> None:
    """Open quarter PERIOD (2026Q4) for reporting, or move its dates."""
    with transaction():
        dates = service.open_period(
            OPERATOR,
            period=Period.parse(period),
            on_time_until=_day(on_time_until),
            closes_on=_day(closes_on),
            reason=reason,
        )
    message = _m(
        "%(period)s is open: on time including %(on_time)s, open including %(open)s.",
        period=dates.period.label,
        on_time=day(dates.last_day_on_time),
        open=day(dates.last_day_open),
    )
    click.echo(say(message), err=True)


@periods.command("list")
@with_appcontext
def list_periods() -> None:
    """Quarters that were opened, as JSON, the latest first."""
    click.echo(json.dumps([_dates(dates) for dates in service.list_periods()], indent=2))


@returns.command()
@click.option("--service", "register_id", type=int, required=True, help="The service's number in the register.")
@click.option("--period", required=True, help="Quarter, as 2026Q4.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_appcontext
def show(register_id: int, period: str, as_json: bool) -> None:
    """Show the return of a service."""
    reading = service.read_return(OPERATOR, register_id, Period.parse(period))
    if as_json:
        click.echo(json.dumps(_as_json(reading), indent=2, ensure_ascii=False))
        return
    click.echo(f"{reading.service.name}, {say(reading.period.label)}: {reading.state_name}")
    for key in reading.keys:
        cell = reading.cell(key)
        click.echo(f"  {key.form:<12} {key.field:<20} {cell.state if cell.number is None else cell.number}")


def _as_json(reading: ReturnReading) -> dict[str, Any]:
    return {
        "service": reading.service.register_id,
        "identifier": reading.service.identifier,
        "provider": reading.service.provider_ico,
        "type": reading.service.type_code,
        "period": str(reading.period),
        "form_version": reading.definition.code,
        "state": reading.state_name,
        "version": reading.version,
        "late": reading.is_late,
        "cells": [
            {
                "form": key.form,
                "field": key.field,
                "state": str(reading.cell(key).state),
                "value": _number(reading.cell(key).number),
                "comment": reading.comments.get(key),
            }
            for key in reading.keys
        ],
    }


def _number(number: Decimal | None) -> float | int | None:
    if number is None:
        return None
    return int(number) if number == int(number) else float(number)


def _dates(dates: ReportingDates) -> dict[str, str]:
    return {
        "period": str(dates.period),
        "on_time_until": dates.on_time_until.isoformat(),
        "closes_on": dates.closes_on.isoformat(),
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(_m("“%(text)s” is not a day. Write it as 2027-01-26.", text=text)) from None
