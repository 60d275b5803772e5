"""Clues: the ranked list, triage, reporting, and what became of a department's own."""
