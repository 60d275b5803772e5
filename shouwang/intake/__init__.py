"""Floor 4: one package in, facts out. Drives the readers of files and the matching, in that order, once."""
