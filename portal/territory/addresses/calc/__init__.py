"""How addresses are written, and which one a person means. Pure."""
