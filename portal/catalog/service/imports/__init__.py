"""Import of the ministry's register: read, compare, apply, take back."""
