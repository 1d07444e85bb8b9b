"""Reading of the ministry's register of providers and of the address file of RÚIAN."""
