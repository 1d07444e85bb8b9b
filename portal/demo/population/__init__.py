"""An invented Czech population with the truth: who stands behind which record. For demonstrations and for measuring."""
