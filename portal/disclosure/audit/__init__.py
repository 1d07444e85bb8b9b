"""Tables for everybody and the auditor that tries to open them. Pure.

Methods: ESSnet handbook on statistical disclosure control (chapters on magnitude and frequency tables); OpenSAFELY
output rules; docs/releases.md.
"""
