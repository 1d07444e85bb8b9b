"""SELECTs of the returns, private to the feature."""
