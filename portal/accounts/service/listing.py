"""People as the administration reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from portal.accounts import queries
from portal.accounts.models import User
from portal.accounts.service.login import email_digest
from portal.accounts.types import Page, UserFilter, UserList, UserRow, UserState, ordered_grants
from portal.core.clock import now_utc
from portal.core.czech import czech_sort_key
from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Grant, Role

PAGE_SIZE = 25


def list_users(wanted: UserFilter, *, page_size: int = PAGE_SIZE) -> UserList:
    """One page of the people who pass the filter, in the Czech order of names. A page too far is the last one."""
    now = now_utc()
    found = list(queries.user_names(wanted))
    if wanted.state is UserState.LOCKED:
        locked = queries.locked_digests(now)
        found = [row for row in found if email_digest(row.email) in locked]
    found.sort(key=lambda row: (czech_sort_key(row.name), row.id))
    pages = Page(number=1, size=page_size, total=len(found))
    number = min(max(1, wanted.page), pages.count)
    ids = [row.id for row in found[(number - 1) * page_size : number * page_size]]
    users = queries.users_by_id(ids)
    locks = queries.locks([email_digest(user.email) for user in users.values()], now)
    return UserList(
        rows=tuple(_row(users[user_id], locks, now) for user_id in ids),
        page=Page(number=number, size=page_size, total=len(found)),
    )


def get_user_row(user_id: int) -> UserRow:
    """Raises NotFound."""
    user = queries.find_user(user_id)
    if user is None:
        raise NotFound(_m("There is no such user."))
    now = now_utc()
    return _row(user, queries.locks([email_digest(user.email)], now), now)


def _row(user: User, locks: Mapping[str, datetime], now: datetime) -> UserRow:
    locked_until = locks.get(email_digest(user.email))
    link_ends = user.password_link_expires_at_utc
    if not user.is_active:
        state = UserState.INACTIVE
    elif locked_until is not None:
        state = UserState.LOCKED
    elif user.password_hash is None:
        state = UserState.INVITED
    else:
        state = UserState.ACTIVE
    return UserRow(
        id=user.id,
        email=user.email,
        name=user.name,
        language=user.language,
        state=state,
        grants=ordered_grants(Grant(Role(row.role), row.scope_code or None) for row in user.grants),
        has_second_factor=user.totp_seed is not None,
        locked_until_utc=locked_until,
        link_expires_at_utc=link_ends if link_ends is not None and link_ends > now else None,
        created_at_utc=user.created_at_utc,
        last_login_at_utc=user.last_login_at_utc,
        version=user.version,
    )
