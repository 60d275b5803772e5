"""How does click speak Chinese? Its help pages, and its complaints about what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable

import click

_HEADINGS = {"Options": "选项", "Commands": "命令"}
_HELP = {
    "Show this message and exit.": "显示这段说明。",
    "[required]": "[必填]",
    "[default: ": "[默认：",
}
#: What click says of a wrong command line, and the same in Chinese.
_COMPLAINTS = {
    r"No such command '(.*)'\.": "没有这个命令：{}",
    r"Got unexpected extra arguments? \((.*)\)": "多出来的内容：{}",
    r"Option '(.*)' requires an argument\.": "{} 后面缺少值",
    r"Option '(.*)' does not take a value\.": "{} 后面不能带值",
    r"'(.*)' is not a valid integer\.": "“{}”不是整数",
    r"(.*) is not in the range (.*)\.": "{} 超出范围（{}）",
    r"\w+ '(.*)' does not exist\.": "找不到“{}”",
    r"\w+ '(.*)' is a directory\.": "“{}”是文件夹，不是文件",
}


class _Help(click.HelpFormatter):
    """A help page with Chinese headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        args = args.replace("[OPTIONS]", "[选项]").replace("COMMAND [ARGS]...", "命令 [参数]...")
        super().write_usage(prog, args, prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(term, _in_chinese(words)) for term, words in rows], col_max, col_spacing)


class Context(click.Context):
    """The context of every command, so that its help is Chinese throughout."""

    formatter_class = _Help


def _in_chinese(words: str) -> str:
    for english, chinese in _HELP.items():
        words = words.replace(english, chinese)
    return words


def in_chinese(command: click.Command) -> click.Command:
    """The command, and those under it, with help in Chinese."""
    command.context_class = Context
    for below in getattr(command, "commands", {}).values():
        in_chinese(below)
    return command


def complaint(error: click.UsageError) -> str:
    """What was typed wrongly, as a sentence, and where the usage is told."""
    path = error.ctx.command_path if error.ctx else "shouwang"
    ending = f"用 {path} --help 查看用法。〔CLI-01〕"
    match error:
        case click.MissingParameter(param=param):
            return f"缺少 {_name(param)}。{ending}"
        case click.NoSuchOption(option_name=name):
            return f"没有 {name} 这个选项。{ending}"
        case click.BadParameter(param=param):
            return f"{_name(param)}：{_said(error.message)}。{ending}"
        case _:
            return f"{_said(error.message)}。{ending}"


def _name(param: click.Parameter | None) -> str:
    if isinstance(param, click.Option):
        return param.opts[0]
    return param.human_readable_name if param else ""


def _said(message: str) -> str:
    for english, chinese in _COMPLAINTS.items():
        if found := re.fullmatch(english, message):
            return chinese.format(*found.groups())
    return message
