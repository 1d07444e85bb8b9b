"""Workbooks (XLSX) that come from outside, as plain cells: values, kinds of numbers, formulas, merged blocks.

``archive`` looks at the ZIP before anything of it is unpacked, ``markup`` reads its XML by expat without declarations,
``reading`` puts sheets together, ``sheets`` says what a cell is. Pure; meant for the guarded child of
``portal.core.guarded``. ``files`` reads a workbook or a text with separators in such a child.
"""
