"""Screenings in the background, and what moved between two of them."""
