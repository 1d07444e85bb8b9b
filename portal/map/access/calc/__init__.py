"""Formulas of access. Pure: arrays in, arrays out."""
