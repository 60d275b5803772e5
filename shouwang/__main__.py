"""`python -m shouwang` is the same as the `shouwang` command."""

from shouwang.cli.main import run

if __name__ == "__main__":
    run()
