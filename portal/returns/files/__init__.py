"""Returns as files: the sheet that people fill in, its reading back, and what is wrong with it.

``reading`` turns a foreign file into plain cells, in a guarded child process; ``recognising`` finds returns in them;
``checking`` applies the rules of the form; ``writing`` makes the sheet, ``marking`` the copy with the faults in it.
No module here knows the database.
"""
