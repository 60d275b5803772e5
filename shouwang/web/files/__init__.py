"""What departments send: templates, uploads, preview, bad rows, confirming and undoing."""
