"""Reading of the ministry's files: apart into a table, then by the mapping of columns into figures."""
