"""Users, roles, login and second factor."""
