"""Address points of RÚIAN: import in sets, search by what people write."""
