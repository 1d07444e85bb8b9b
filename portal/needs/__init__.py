"""Needs of municipalities: what their social work sees and cannot solve, gathered by ORP, with its provenance."""
