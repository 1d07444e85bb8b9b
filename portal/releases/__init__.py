"""Releases: public figures about persons and money, frozen by quarter once the auditor has failed to open them."""
