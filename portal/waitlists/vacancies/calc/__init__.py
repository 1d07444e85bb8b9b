"""Formulas of the vacancies. Pure."""
