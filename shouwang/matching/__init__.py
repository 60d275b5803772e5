"""Floor 3: whose is a departmental row? By number, else by name and birth date, never by guess."""
