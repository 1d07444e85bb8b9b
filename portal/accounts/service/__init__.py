"""The face of accounts: ``login``, ``own`` account, administration of ``users``, ``listing``, ``audit_log``."""

from portal.accounts.types import ACTION_NAMES, KIND_NAMES
from portal.core.audit import name_actions

name_actions(ACTION_NAMES, kinds=KIND_NAMES)
