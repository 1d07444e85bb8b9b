"""Layers of the map: what can be told of areas, to whom, and how it is drawn, listed and downloaded."""
