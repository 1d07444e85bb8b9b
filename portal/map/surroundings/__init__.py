"""What is around: services near a place, and everything about one municipality."""
