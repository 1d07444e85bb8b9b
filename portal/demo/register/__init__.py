"""A register file in the ministry's exact format, of any size: everything in it is invented, its traps are real."""
