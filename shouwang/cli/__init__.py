"""The face on the command line: turns words into calls, results into text."""
