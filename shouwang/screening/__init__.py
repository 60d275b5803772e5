"""Floor 3: a rule book read for a whole population, its results, and the explanation of one household."""
