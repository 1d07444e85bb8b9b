"""Where users live: municipality of residence, target group, adverse situation. Words, data file, reading of rows."""
