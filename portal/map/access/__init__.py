"""Access to services at fixed places: who reaches how much, and what other capacity would change."""
