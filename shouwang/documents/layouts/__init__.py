"""The layouts: one for PDF, two for docx, and how the latter are made."""
