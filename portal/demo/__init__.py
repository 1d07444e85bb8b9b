"""The demonstration region: invented, seeded, scalable."""
