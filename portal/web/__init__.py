"""Shared HTTP and look: access gate, error pages, languages, downloads, base templates, asset sources."""
