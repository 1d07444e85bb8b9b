"""Codes of persons without their identity: an oblivious function, keys, digests and random codes.

Knows nothing of the portal but ``core``; has a database and a key file of its own.
"""
