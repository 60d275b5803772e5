"""The `shouwang` command: its name, its commands, and how an error leaves it."""

from __future__ import annotations

import sys

import click

from shouwang.cli.check import check
from shouwang.cli.demo import demo_data
from shouwang.cli.explain import explain
from shouwang.cli.screen import intake, screen
from shouwang.cli.simulate import simulate
from shouwang.units.errors import ShouwangError

DONE, SOME_REJECTED, UNUSABLE = 0, 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(None, "--version", package_name="shouwang", message="守望 %(version)s", help="显示版本。")
def cli() -> None:
    """守望：防止返贫监测和帮扶。按办法逐户筛查，每一户都说清理由。"""


for command in (screen, explain, simulate, check, intake, demo_data):
    cli.add_command(command)


def run() -> None:
    """Entry point. Errors are Chinese sentences on stderr, with exit status 2."""
    try:
        sys.exit(cli.main(standalone_mode=False) or DONE)
    except ShouwangError as error:
        _leave(str(error))
    except click.UsageError as error:
        _leave(_usage(error))
    except click.ClickException as error:
        _leave(error.format_message())
    except (KeyboardInterrupt, click.Abort):
        _leave("已中断，没有写出结果。", status=130)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is wrong, and there is nobody to tell.
        sys.stderr.close()
        sys.exit(DONE)
    except OSError as error:
        _leave(f"读写文件出错：{error.filename or ''} {error.strerror or error}。请检查磁盘空间和文件权限。〔SYS-01〕")


def _leave(message: str, status: int = UNUSABLE) -> None:
    click.echo(f"错误：{message}", err=True)
    sys.exit(status)


def _usage(error: click.UsageError) -> str:
    """click's own complaints, in Chinese."""
    command = error.ctx.command_path if error.ctx else "shouwang"
    ending = f"用 {command} --help 查看用法。〔CLI-01〕"
    match error:
        case click.MissingParameter(param=param):
            name = param.opts[0] if isinstance(param, click.Option) else (param.human_readable_name if param else "")
            return f"缺少 {name}。{ending}"
        case click.NoSuchOption(option_name=name):
            return f"没有 {name} 这个选项。{ending}"
        case click.BadParameter(param=param):
            name = param.opts[0] if param else ""
            return f"{name}：{error.message}。{ending}"
        case _ if "No such command" in error.message:
            return f"没有这个命令：{error.message.split()[-1].strip('.')}。{ending}"
        case _:
            return f"{error.message} {ending}"
