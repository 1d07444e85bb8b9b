"""Reading of files of municipal support: headings into columns, rows into figures."""
