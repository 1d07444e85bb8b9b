"""Tables for everybody and the auditor that tries to open them. Pure; needs SciPy, so it is imported where it is used.

Methods: ESSnet handbook on statistical disclosure control (chapters on magnitude and frequency tables); OpenSAFELY
output rules; docs/releases.md.
"""
