"""Floor 4: who people are, what they may do and where, and the record of what they did."""
