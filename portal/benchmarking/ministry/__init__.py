"""The ministry's yearly reporting: import of its figures and their reconciliation with the quarterly returns."""
