"""Geometry and codes of the territory. Pure: shapes and tables in, shapes and findings out."""
