"""Floor 6: screening runs, clues, cases and their steps, visits and relief (七团办法 二/四, 二/五)."""
