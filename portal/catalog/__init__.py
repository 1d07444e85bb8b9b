"""Providers, services and facilities: the register import, the public search, verification."""
