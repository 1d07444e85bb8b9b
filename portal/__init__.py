"""Regional portal of social services."""

__version__ = "0.1.0"
