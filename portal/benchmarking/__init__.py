"""Metrics, norms and groups: how a service stands."""
