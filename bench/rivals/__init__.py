"""Other ways to the same answer, each a process of its own."""
