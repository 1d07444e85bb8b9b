"""Regions, districts, ORP and municipalities: codes, boundaries, population, versions."""
