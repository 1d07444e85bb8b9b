"""Pages of the ministry's reporting."""
