"""Disclosure control: what may be told about a group without telling about one of it. Pure."""
