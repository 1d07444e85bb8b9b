"""Places by what a person writes, and services by distance. Pure."""
