"""Ground of the portal: knows no feature."""
