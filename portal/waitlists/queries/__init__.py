"""SELECTs of the waiting lists; private to the feature."""
