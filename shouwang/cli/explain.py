"""`shouwang explain` (being built)."""

import click


@click.command()
def explain() -> int:
    return 0
