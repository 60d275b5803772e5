"""Floor 0: money, periods, citizen numbers, text and errors. Standard library only."""
