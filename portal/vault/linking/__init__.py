"""Record linkage over keyed digests alone (Fellegi and Sunter 1969): which records are probably one person's.

Pure: arrays in, arrays out. Nothing here sees more of a record than which of its digests equal another's.
"""
