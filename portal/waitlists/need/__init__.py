"""Need: persons who wait, each counted once; their way through services; how long one waits."""
