"""`shouwang simulate` (being built)."""

import click


@click.command()
def simulate() -> int:
    return 0
