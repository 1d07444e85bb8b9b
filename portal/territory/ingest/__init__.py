"""Reading of official layers and lists into a checked territory; runs in a guarded child process."""
