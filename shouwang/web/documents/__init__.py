"""Documents of a case: docx to edit, PDF to read."""
