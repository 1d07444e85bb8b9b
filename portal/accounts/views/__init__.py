"""Pages of accounts: logging in, one's own account, administration of users, record of changes."""
