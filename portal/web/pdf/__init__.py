"""Documents: headings, texts, facts, tables and drawings become a PDF on A4 pages."""

from portal.web.pdf.documents import (
    PDF_TYPE,
    Block,
    Document,
    facts,
    heading,
    milestone,
    new_page,
    pdf_bytes,
    pdf_response,
    space,
    table,
    text,
    together,
    write_pdf,
)
from portal.web.pdf.drawings import Bands, Bar, bands, bar_drawing, round_up, strip

__all__ = [
    "PDF_TYPE",
    "Bands",
    "Bar",
    "Block",
    "Document",
    "bands",
    "bar_drawing",
    "facts",
    "heading",
    "milestone",
    "new_page",
    "pdf_bytes",
    "pdf_response",
    "round_up",
    "space",
    "strip",
    "table",
    "text",
    "together",
    "write_pdf",
]
