"""What can be typed after ``run_model.py``, and which exit code follows.

Exit codes: 0 done; 1 ``verify`` found a difference, or what is printed could not be; 2 the input or the call is wrong, or
a file cannot be read or written (earlier results are as they were); 130 stopped by Ctrl-C, 143 by SIGTERM.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from model.cli.commands import check_command, run_command, template_command
from model.cli.diff import diff_command
from model.cli.fit import fit_command
from model.cli.job import ANALYSES, NEEDS, RUNS, RunOptions, model_version
from model.cli.output_folder import folder_name
from model.cli.psa_summary import psa_summary_command
from model.cli.stopped import Terminated, exit_code, stopping_cleanly
from model.cli.verify import verify_command
from model.definition.problems import DefinitionError
from model.definition.records.settings import SAMPLINGS
from model.engine import ClusterError
from model.excel.inputs.errors import InputError, file_problem
from model.files import OutputError, reason

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT_WORKBOOK = PROJECT / "inputs" / "patina_us.xlsx"
COMMANDS = ("run", "check", "template", "fit", "diff", "psa-summary", "verify")

GUIDE = """\
What you can do

  run_model.py                               run the shipped US workbook, results in outputs/patina_us/
  run_model.py inputs/patina_england.xlsx    run another workbook, results in outputs/patina_england/
  run_model.py check MY.xlsx                 list every problem of a workbook and stop
  run_model.py template MY.xlsx              write an annotated starter workbook to fill in
  run_model.py fit DATA.csv                  fit survival curves to patient data or a digitised curve (fit --help)
  run_model.py diff OLD.xlsx NEW.xlsx        what changed between two workbooks, and what each change does (diff --help)
  run_model.py psa-summary DRAWS.csv         everything about draws of another program (psa-summary --help)
  run_model.py verify OUTPUT.xlsx            recalculate an output workbook elsewhere, compare with Python (verify --help)

Try out a change without touching the workbook (ids stand in the column 'Input id' of its sheets)

  run_model.py --set settings.horizon_years=20
  run_model.py --set products.palbociclib.pack_21=7871 --only base
  run_model.py --set curves.control.os.distribution=gompertz --draws 1000

Such a run has a folder of its own, named after the change: outputs/patina_us-horizon_years_20/. A folder of results is
replaced as a whole; with --out, one that holds fuller results of the same workbook only with --overwrite. Files in it
that no run wrote stay.

Results are a workbook to review, figures (PNG and SVG), tables (CSV) and run.json, which holds all that is needed
to repeat the run to the byte. Bad input is reported by sheet and cell, all problems at once, exit code 2.
"""


def parser() -> argparse.ArgumentParser:
    """The parser of the main job (the other commands have their own)."""
    p = argparse.ArgumentParser(
        prog="run_model.py",
        description="Partitioned-survival decision model: reads an input workbook, writes a workbook, figures and tables.",
        epilog=GUIDE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.add_argument(
        "workbook", nargs="?", type=Path, default=DEFAULT_WORKBOOK, help="input workbook (default: inputs/patina_us.xlsx)"
    )
    p.add_argument(
        "--out",
        type=folder_name,
        metavar="DIR",
        help="folder for the results (default: outputs/<workbook name>, or outputs/<workbook name>-<change>)",
    )
    p.add_argument(
        "--overwrite",
        action="store_true",
        help="replace the results in the folder also where they are fuller or of another workbook",
    )
    p.add_argument("--version", action="version", version=f"partitioned-survival model {model_version()}")
    p.add_argument(
        "--draws",
        type=_draws,
        metavar="N",
        help="draws of the probabilistic analysis, or 'auto': until the tolerance is met (default: the workbook's)",
    )
    p.add_argument(
        "--tolerance",
        type=_share,
        metavar="T",
        help="with --draws auto: half-width of the 95%% Monte Carlo interval of the mean INMB, as a share of it or of the "
        "threshold, and of the probability of being cost-effective (default: 0.01 for both)",
    )
    p.add_argument("--seed", type=_seed, metavar="S", help="random seed (default: the workbook's)")
    p.add_argument(
        "--sampling",
        choices=SAMPLINGS,
        help="design of the draws (default: the workbook's); a Sobol sequence is balanced at a power of 2 draws",
    )
    p.add_argument(
        "--set",
        action="append",
        default=[],
        type=_change,
        metavar="ID=VALUE",
        dest="changes",
        help="change an input for this run; may be repeated",
    )
    p.add_argument(
        "--only",
        type=_analyses,
        metavar="LIST",
        default=ANALYSES,
        help=f"analyses to run, separated by commas: {', '.join(ANALYSES)} (base is always run)",
    )
    p.add_argument("--threads", type=_count, metavar="N", help="threads; never changes a number (default: all processors)")
    p.add_argument(
        "--sobol-runs",
        type=_count,
        metavar="N",
        default=RUNS,
        help=f"model runs of the global sensitivity analysis, at least (default: {RUNS:,})",
    )
    p.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="Dask scheduler, such as tcp://HOST:8786, whose workers evaluate the draws of the probabilistic "
        "analysis in place of threads; never changes a number",
    )
    return p


def _count(text: str, least: int = 1) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number of at least {least}")
    return int(text)


def _draws(text: str) -> int | Literal["auto"]:
    return "auto" if text == "auto" else _count(text, 2)  # two, so that they have a spread


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0 and below 1, such as 0.01")
    return value


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 0 to 4294967295")
    return int(text)


def _change(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form ID=VALUE, such as settings.horizon_years=20")
    return name.strip(), value.strip()


def _analyses(text: str) -> tuple[str, ...]:
    chosen = tuple(word.strip() for word in text.split(",") if word.strip())
    unknown = [word for word in chosen if word not in ANALYSES]
    if unknown or not chosen:
        raise argparse.ArgumentTypeError(f"'{text}': choose from {', '.join(ANALYSES)}")
    needed = {"base", *chosen, *(n for a in chosen for n in NEEDS.get(a, ()))}
    return tuple(a for a in ANALYSES if a in needed)


def _one_file(command: str, what: str, arguments: Sequence[str]) -> Path:
    p = argparse.ArgumentParser(prog=f"run_model.py {command}", description=what)
    p.add_argument("file", type=Path)
    return p.parse_args(arguments).file


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with stopping_cleanly():
            code = _run(given)
            sys.stdout.flush()
            return code
    except InputError as error:
        return _refuse(str(error), len(error.problems))
    except DefinitionError as error:
        return _refuse("\n".join(problem.message for problem in error.problems), len(error.problems))
    except ClusterError as error:
        return _refuse(f"--scheduler: {error}", 1)
    except OutputError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        return _system_refused(error)
    except (KeyboardInterrupt, Terminated) as stop:
        print(" ".join(["Stopped.", *getattr(stop, "__notes__", [])]), file=sys.stderr)
        return exit_code(stop)


def _system_refused(error: OSError) -> int:
    """One sentence about a file that cannot be read, or about standard output."""
    if error.filename is None:  # who reads the pipe, such as head, has seen enough; or the file it goes to is full
        if not isinstance(error, BrokenPipeError):
            print(" ".join([f"Failed: {reason(error)}.", *getattr(error, "__notes__", [])]), file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    print(f"'{os.fsdecode(error.filename)}' cannot be used: {reason(error)}.", file=sys.stderr)
    return 2


def _run(given: list[str]) -> int:
    """Run the command that the words ask for."""
    if given[:1] == ["check"]:
        return check_command(_one_file("check", "List every problem of an input workbook and stop.", given[1:]))
    if given[:1] == ["template"]:
        return template_command(_one_file("template", "Write an annotated starter workbook.", given[1:]))
    if given[:1] == ["fit"]:
        return fit_command(given[1:], PROJECT)
    if given[:1] == ["diff"]:
        return diff_command(given[1:])
    if given[:1] == ["psa-summary"]:
        return psa_summary_command(given[1:], PROJECT)
    if given[:1] == ["verify"]:
        return verify_command(given[1:])
    if given[:1] == ["run"]:
        given = given[1:]
    elif given and not given[0].startswith("-"):
        _check_not_a_command(given[0])
    a = parser().parse_args(given)
    if a.tolerance is not None and a.draws != "auto":
        parser().error("--tolerance goes with --draws auto")
    if a.draws == "auto" and "psa" not in a.only:
        parser().error("--draws auto is for a run with the probabilistic analysis (psa)")
    options = RunOptions(
        a.workbook,
        a.out,
        a.draws,
        a.seed,
        dict(a.changes),
        a.only,
        a.threads,
        a.sampling,
        a.tolerance,
        a.scheduler,
        a.sobol_runs,
        a.overwrite,
    )
    return run_command(options, PROJECT / "outputs")


def _check_not_a_command(word: str) -> None:
    """Refuse a word that can only be a mistyped command."""
    if "." in word or os.sep in word or "/" in word or os.path.lexists(word):
        return
    close = difflib.get_close_matches(word.lower(), COMMANDS, n=1)
    meant = f"; did you mean '{close[0]}'?" if close else f". Commands are {', '.join(COMMANDS)}"
    raise file_problem(f"there is no command and no file '{word}'{meant}")


def _refuse(message: str, count: int) -> int:
    print(message, file=sys.stderr)
    print(f"{count} problem{'s' if count != 1 else ''} found; nothing was run or written.", file=sys.stderr)
    return 2
