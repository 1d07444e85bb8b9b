"""Places of residential services: which are free today, for whom, and how many stayed empty."""
