"""Municipal support of services: what each municipality gave in a year (place kept)."""
