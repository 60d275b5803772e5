"""A made-up regiment for trying the system out: no row describes a real person."""
