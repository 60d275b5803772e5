"""Tests: `spec` is the manual, `law` the fidelity to the text, `readers` the agreement of the readers."""
