"""Who an applicant is, turned on the provider's side into inputs for the vault, which never sees them."""
