"""The rule book as pages, and changing a parameter with a second person."""
