"""What can be typed after ``run_model.py``: one tree of commands, each with its options; and which exit code follows.

Exit codes: 0 done; 1 ``verify`` found a difference, ``verify-model`` a test that fails, or what is printed could not be; 2
the input or the call is wrong, or a file cannot be read or written (earlier results are as they were); 130 stopped by
Ctrl-C, 143 by SIGTERM.

Help, the version and mistakes in the call are answered before the model is loaded.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence

from model.cli.called import as_called, program
from model.cli.options import check, diff, examples, figures, fit, profile, psa_summary, run, template, verify, verify_model
from model.cli.refused import refuse
from model.cli.stopped import Terminated, exit_code, stopping_cleanly
from model.processors import load_with_one_blas_thread
from model.shipped import EXAMPLES
from model.spelling import did_you_mean
from model.version import citation, model_version

COMMANDS = {
    "run": run,
    "check": check,
    "template": template,
    "examples": examples,
    "profile": profile,
    "fit": fit,
    "figures": figures,
    "diff": diff,
    "psa-summary": psa_summary,
    "verify": verify,
    "verify-model": verify_model,
}
"""Every command with the file that declares its options, in the order of the help."""
COLLECTED_FROM = 50_000
"""New objects after which Python looks for circles among them. A run makes hundreds of thousands that stay, and looking after
every 700 takes a tenth of its time."""
GUIDE = """\
Examples

  run_model.py                               the shipped US workbook, results in outputs/patina_us/
  run_model.py inputs/patina_england.xlsx    another workbook, results in outputs/patina_england/
  run_model.py --set products.palbociclib.pack_21=7871 --only base
  run_model.py check MY.xlsx
  run_model.py template MY.xlsx
  run_model.py examples my_folder            the shipped workbooks, to look at and to change
  run_model.py profile MY.xlsx nice
  run_model.py fit DATA.csv
  run_model.py figures MY.xlsx plane tornado --format pdf
  run_model.py diff OLD.xlsx NEW.xlsx
  run_model.py psa-summary DRAWS.csv
  run_model.py verify OUTPUT.xlsx
  run_model.py verify-model MY.xlsx

The options of a command: COMMAND --help; those of a run: run --help
"""


def parser() -> argparse.ArgumentParser:
    """The tree: what is asked of the program itself, then every command."""
    p = argparse.ArgumentParser(
        prog=program(),
        usage=as_called("run_model.py [WORKBOOK] [options of run]\n       run_model.py COMMAND ..."),
        description="Partitioned-survival decision model: reads an input workbook, writes a workbook, figures and tables.",
        epilog=as_called(GUIDE),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.add_argument("--version", action=_Told, nargs=0, const=_version, help="show the version and stop")
    p.add_argument("--citation", action=_Told, nargs=0, const=citation, help="show how to cite the model and stop")
    commands = p.add_subparsers(title="commands", metavar="COMMAND", required=True, prog=program())
    for options in COMMANDS.values():
        options.add_to(commands)
    return p


class _Told(argparse.Action):
    """As argparse has it for a version, but ``const`` looks it up when it is asked for: that takes longer than the help."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser._print_message(f"{self.const()}\n", sys.stdout)
        parser.exit()


def _version() -> str:
    return f"partitioned-survival model {model_version()}"


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The options of the command that the words ask for, with ``start``, which runs it. SystemExit after help or the
    version, and where an option is wrong.
    """
    named = words[:1] and words[0] in (*COMMANDS, "-h", "--help", "--version", "--citation")
    tree = parser()
    a = tree.parse_args(words if named else ["run", *words])
    if mistake := a.mistake(a):
        tree.error(mistake)
    return a


def _open_closed_streams() -> None:
    """Where the caller closed a standard stream (``>&-``, or no console) there is nothing to read, and words go nowhere."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):  # in the order of their numbers, which they take
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    _open_closed_streams()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and (mistake := _no_command(words[0])):
        return refuse(mistake)
    a = parse(words)
    load_with_one_blas_thread()
    gc.set_threshold(COLLECTED_FROM)
    try:
        with stopping_cleanly():
            from model.cli.ending import run_to_the_end  # and with it the model

            return run_to_the_end(a)
    except (KeyboardInterrupt, Terminated) as stop:
        print(" ".join(["Stopped.", *getattr(stop, "__notes__", [])]), file=sys.stderr)
        return exit_code(stop)


def _no_command(word: str) -> str:
    """What to say of a first word that can only be a mistyped command; "" for any other."""
    if (
        word in (*COMMANDS, *EXAMPLES)
        or word.startswith("-")
        or "." in word
        or os.sep in word
        or "/" in word
        or os.path.lexists(word)
    ):
        return ""
    hint = did_you_mean(word, (*COMMANDS, *EXAMPLES)) or f". Commands are {', '.join(COMMANDS)}"
    return f"there is no command and no file '{word}'{hint}"
