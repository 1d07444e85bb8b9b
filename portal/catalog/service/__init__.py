"""The face of the catalogue."""
