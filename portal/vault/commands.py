"""The part of the ``portal`` command that concerns the vault of codes. None of it needs the portal's database."""

from __future__ import annotations

import grp
import json
import os
import pwd
import signal
from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext, ngettext

from portal.core.clock import today
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.settings import current_settings
from portal.vault.backup import restore_backup, write_backup
from portal.vault.keys import key_path, read_keys, write_keys
from portal.vault.rotation import rotate
from portal.vault.server import VaultServer
from portal.vault.service import LocalVault, create_vault
from portal.vault.shares import join, pack, read_share, split, unpack, write_share
from portal.vault.types import Vault

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("vault")
def vault() -> None:
    """Vault of codes: keys and digests of persons."""


@vault.command("init")
@with_appcontext
def init_command() -> None:
    """Make the key file and an empty database."""
    settings = current_settings().vault
    keys = create_vault(settings)
    click.echo(
        gettext(
            "The vault has been set up: key %(key)s in %(path)s. Now make the shares of the key: portal vault shares"
            " --export DIR",
            key=keys.wraps[-1].id,
            path=str(key_path(settings.folder)),
        ),
        err=True,
    )


@vault.command("status")
@with_appcontext
def status_command() -> None:
    """How the vault stands, as JSON."""
    asked: Vault = current_app.extensions["portal_vault"]
    click.echo(json.dumps(asdict(asked.status())))


@vault.command("usage")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day; by default today.")
@with_appcontext
def usage_command(since: object) -> None:
    """What each provider asked for on each day, as JSON."""
    asked: Vault = current_app.extensions["portal_vault"]
    first = since.date() if hasattr(since, "date") else today()
    rows = [{**asdict(one), "day": one.day.isoformat()} for one in asked.usage(first)]
    click.echo(json.dumps(rows, indent=1))


@vault.command("rotate")
@with_appcontext
def rotate_command() -> None:
    """Wrap all that is stored under a new key. Takes up an interrupted rotation."""
    rotated = rotate(current_settings().vault, lambda done: click.echo(f"  {done}", err=True))
    click.echo(
        ngettext(
            "%(num)s record is now under key %(key)s. Make the shares of the key anew and destroy the old ones.",
            "%(num)s records are now under key %(key)s. Make the shares of the key anew and destroy the old ones.",
            rotated.records,
            key=rotated.key_id,
        ),
        err=True,
    )


@vault.command("shares")
@click.option("--export", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write three shares there.")
@click.option("--restore", "files", nargs=2, type=FILE, help="Make the key file of two shares.")
@with_appcontext
def shares_command(folder: Path | None, files: tuple[Path, Path] | None) -> None:
    """Split the keys into three shares to print, any two of which bring them back."""
    if (folder is None) == (files is None):
        raise Invalid(_m("Say either --export DIR or --restore FILE FILE."))
    if folder is not None:
        export_shares(folder)
    elif files is not None:
        restore_shares(files)


def export_shares(folder: Path) -> None:
    keys = read_keys(current_settings().vault.folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for share in split(pack(keys)):
        path = folder / f"share-{share.number}.txt"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Invalid(_m("%(path)s is there already.", path=path)) from None
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(write_share(share, today()))
        click.echo(str(path))
    click.echo(
        gettext("Print each share, keep them apart from each other and from all backups, and delete the files."),
        err=True,
    )


def restore_shares(files: tuple[Path, Path]) -> None:
    folder = current_settings().vault.folder
    try:
        shares = [read_share(path.read_text("utf-8")) for path in files]
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(_m("A share cannot be read: %(reason)s.", reason=type(error).__name__)) from None
    keys = unpack(join(shares))
    try:
        write_keys(folder, keys, is_new=True)
    except FileExistsError:
        raise Invalid(_m("There is a key file already: %(path)s. Move it away first.", path=key_path(folder))) from None
    click.echo(
        gettext("The key is back: %(key)s in %(path)s.", key=keys.wraps[-1].id, path=str(key_path(folder))), err=True
    )


@vault.command("backup")
@click.argument("file", type=FILE)
@with_appcontext
def backup_command(file: Path) -> None:
    """Write the vault's database to FILE, outside the portal's folder. The keys are not in it."""
    settings = current_settings()
    _tell(write_backup(settings.vault, file, [settings.instance_dir]))


@vault.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Put it in place of the persons that are there.")
@with_appcontext
def restore_command(file: Path, replace: bool) -> None:
    """Put a backup of the vault's database back. Who was erased since stays erased."""
    _tell(restore_backup(current_settings().vault, file, replace=replace))


def _tell(counts: dict[str, int]) -> None:
    for table, rows in counts.items():
        click.echo(f"  {table}: {rows}", err=True)


@vault.command("serve")
@click.option("--socket", "path", type=FILE, help="Of the socket; by default PORTAL_VAULT_SOCKET.")
@click.option(
    "--allow", "users", multiple=True, help="A user besides this one that may speak to the vault; repeatable."
)
@click.option("--group", help="A group that may open the socket.")
@with_appcontext
def serve_command(path: Path | None, users: tuple[str, ...], group: str | None) -> None:
    """Serve the vault as its own process, under its own user."""
    settings = current_settings().vault
    path = path or settings.socket
    if path is None:
        raise Invalid(_m("Say where the socket is to be: --socket PATH."))
    local = LocalVault(settings)
    local.status()  # refuses what is not set up before anybody waits for it
    try:
        ids = [pwd.getpwnam(user).pw_uid for user in users]
        group_id = grp.getgrnam(group).gr_gid if group else None
    except KeyError as error:
        raise Invalid(_m("There is no such user or group: %(name)s.", name=str(error.args[0]))) from None
    with VaultServer(path, local, users=ids, group=group_id) as server:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # systemd's stop is as good as Ctrl+C
        click.echo(gettext("The vault answers at %(path)s - stop it with Ctrl+C.", path=str(path)), err=True)
        try:
            server.serve_forever(poll_interval=0.5)
        except KeyboardInterrupt:
            click.echo(gettext("The vault has stopped."), err=True)
