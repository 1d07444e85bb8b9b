"""Returns as files: the sheet that people fill in, its reading back, and what is wrong with it.

``portal.core.workbooks.files`` turns a foreign file into plain cells; ``recognising`` finds returns in them;
``checking`` applies the rules of the form; ``writing`` makes the sheet, ``marking`` the copy with the faults in it.
No module here knows the database.
"""
