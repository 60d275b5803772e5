"""`shouwang explain`: why one household is, or is not, to be monitored."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click
from rich.console import Console

from shouwang.cli import options
from shouwang.cli.progress import stages
from shouwang.intake.session import facts_of
from shouwang.policy.book import RuleBook
from shouwang.screening.aloud import to_text
from shouwang.screening.explain import explain as explained
from shouwang.screening.explanation_json import to_json
from shouwang.screening.household import load_household
from shouwang.screening.on_terminal import print_explanation


@click.command(short_help="说明一户为什么命中、为什么没有、还缺什么。")
@options.package
@click.option("--household", required=True, metavar="户编号", help="哪一户。")
@options.as_of
@options.policy
@options.settings
@click.option(
    "--format", "form", type=options.OneOf(["text", "json"]), default="text", show_default=True, help="输出格式。"
)
def explain(
    package: Path, household: str, as_of: date, policy: str, settings: tuple[tuple[str, str], ...], form: str
) -> int:
    """说明一户为什么应当、或者不应当监测：每条规则的结论、数字、条款原文、背后的台账和单据，还缺什么，怎样会变。"""
    book = RuleBook.of(policy, as_of, dict(settings))
    with stages() as stage, facts_of(package, lazy=True, stage=stage) as (facts, account):
        files = {file.table: file.file for file in account.files}
        found = explained(book, load_household(facts.connection, household, files))
    console = Console()
    if form == "json":
        click.echo(json.dumps(to_json(found), ensure_ascii=False, indent=2))
    elif console.is_terminal:
        print_explanation(found, console)
    else:
        click.echo(to_text(found))
    return 1 if account.rejected else 0
