"""Municipal support of services: what each municipality gave in a year, and what providers say of it."""
