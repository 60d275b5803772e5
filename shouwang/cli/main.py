"""The `shouwang` command: its name, its commands, and how an error leaves it."""

from __future__ import annotations

import importlib
import io
import logging
import sys

import click

from shouwang.cli.usage import Context, complaint, in_chinese
from shouwang.units.errors import ShouwangError, system_words

DONE, SOME_REJECTED, UNUSABLE = 0, 1, 2
#: A fault of the program, which must not look like any of them (EX_SOFTWARE of sysexits.h).
FAULT = 70
_INTERRUPTED = "已中断。没有写完的结果不会留下。"


#: A command is loaded when it is asked for: `shouwang --help` need not wait for an engine.
COMMANDS = {
    "screen": ("shouwang.cli.screen", "筛查一个数据包的每一户。"),
    "explain": ("shouwang.cli.explain", "说明一户为什么命中、为什么没有、还缺什么。"),
    "simulate": ("shouwang.cli.simulate", "改一个参数，看谁进来、谁出去。"),
    "check": ("shouwang.cli.check", "读一遍数据包，只核对，不筛查。"),
    "intake": ("shouwang.cli.intake", "读入数据包并存为事实库，供反复筛查。"),
    "serve": ("shouwang.cli.serve", "在浏览器里使用守望。"),
    "work": ("shouwang.cli.work", "办理后台任务：读部门文件、筛查。"),
    "manage": ("shouwang.cli.manage", "安装与维护：migrate、backup、restore 等。"),
    "audit": ("shouwang.cli.audit", "验证审计链，生成锚点。"),
    "demo": ("shouwang.cli.practice.command", "造一个虚构的团，打开网页试用整个系统。"),
    "demo-data": ("shouwang.cli.demo", "造一个虚构的团，供试用。"),
}


class Commands(click.Group):
    """The commands above, each from its own module, where it has the same name."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[name][0]), name.replace("-", "_"))
        return in_chinese(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(None, "--version", package_name="shouwang", message="守望 %(version)s", help="显示版本。")
def cli() -> None:
    """守望：防止返贫监测和帮扶。按办法逐户筛查，每一户都说清理由。"""


def run() -> None:
    """Entry point. Errors are Chinese sentences on stderr, with exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Where the machine is set to a language without Chinese, odd output is better than none.
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(cli.main(standalone_mode=False) or DONE)
    except ShouwangError as error:
        _leave(str(error))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.message, err=True)
        sys.exit(UNUSABLE)
    except click.UsageError as error:
        _leave(complaint(error))
    except click.ClickException as error:
        _leave(error.format_message())
    except (KeyboardInterrupt, click.Abort):
        _leave(_INTERRUPTED, status=130)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is wrong, and there is nobody to tell.
        sys.stderr.close()
        sys.exit(DONE)
    except OSError as error:
        _leave(f"读写文件出错：{error.filename or ''} {system_words(error)}。请检查磁盘空间和文件权限。〔SYS-01〕")
    except Exception as error:
        if _interrupted(error):
            _leave(_INTERRUPTED, status=130)
        # The edge of the program: whatever it is, a script must not take it for a finished run.
        logging.getLogger(__name__).exception("shouwang %s", " ".join(sys.argv[1:2]))
        _leave("程序出错，没有完成。请把上面的内容交给维护人员；数据没有改动。〔SYS-99〕", status=FAULT)


def _interrupted(error: Exception) -> bool:
    """Whether Ctrl-C came while the engine was at work: DuckDB then says so by an error of its own."""
    return isinstance(error, RuntimeError) and str(error) == "Query interrupted"


def _leave(message: str, status: int = UNUSABLE) -> None:
    click.echo(f"错误：{message}", err=True)
    sys.exit(status)
