"""Public layers of the map by OGC API Features, so that QGIS and other programs open them directly."""
