"""What counting reads and what it stored."""
