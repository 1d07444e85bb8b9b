"""Reading of what was typed or comes in a file."""
