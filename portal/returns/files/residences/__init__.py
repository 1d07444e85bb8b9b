"""The territory part of returns in files: a second sheet of the workbook, or a text file of its own.

``layout`` says where things stand, ``recognising`` finds the rows, ``checking`` gives them a meaning, ``writing`` makes
the sheet.
"""
