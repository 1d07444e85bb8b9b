"""The face of accounts: ``login``, ``own`` account, administration of ``users``, ``listing``, ``audit_log``."""
