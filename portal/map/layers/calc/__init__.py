"""Formulas of layers over whole columns. Pure."""
