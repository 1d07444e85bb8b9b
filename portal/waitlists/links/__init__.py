"""Links of persons: which of the vault's persons are one, proposed by linking, decided by people, never merged."""
