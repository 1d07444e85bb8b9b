"""Quarterly returns: definition of the form, workflow, states of a cell."""
