"""Returns as files: what goes into a sheet, and the import of one - preview, apply, take back."""
