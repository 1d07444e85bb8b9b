"""Who may do what with every route: one declared table, feature by feature."""
