"""Floor 1: the little language that rules are written in, and its plain readers. Standard library only."""
