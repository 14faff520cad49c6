"""``run``, the main job, which needs not be named."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Literal

from model.choices import ANALYSES, NEEDS, SAMPLINGS, SOBOL_RUNS
from model.cli.beside import second_process
from model.cli.called import as_called
from model.cli.options.shared import OUTPUTS, Commands, add_command, add_csv, add_results_folder, from_zero, whole_number
from model.shipped import EXAMPLES, example_file

DEFAULT_WORKBOOK = example_file("patina_us")
GUIDE = """\
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


def add_to(commands: Commands) -> None:
    """The command and its options."""
    p = add_command(
        commands,
        "run",
        _start,
        "run the model (so also without a command)",
        "Partitioned-survival decision model: reads an input workbook, writes a workbook, figures and tables.",
        GUIDE,
    )
    p.prog = as_called("run_model.py [run]")
    p.add_argument(
        "workbook",
        nargs="?",
        type=_workbook,
        default=DEFAULT_WORKBOOK,
        help="input workbook, or the name of a shipped one (default: patina_us)",
    )
    add_results_folder(p, "outputs/<workbook name>, or outputs/<workbook name>-<change>", "fuller or of another workbook")
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
        "willingness to pay, and of the probability of being cost-effective (default: 0.01 for both)",
    )
    p.add_argument("--seed", type=from_zero, metavar="S", help="random seed (default: the workbook's)")
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
        "--input-draws",
        type=Path,
        metavar="FILE.csv",
        help="draws of inputs from elsewhere (a network meta-analysis, a Bayesian fit): a column for each input id, a row "
        "for each joint sample; they take the place of the program's own draws of these inputs",
    )
    p.add_argument("--subgroup", metavar="NAME", help="run the whole job for one subgroup (its id on the sheet Subgroups)")
    p.add_argument(
        "--only",
        type=_analyses,
        metavar="LIST",
        default=tuple(ANALYSES),
        help=f"analyses to run, separated by commas: {', '.join(ANALYSES)} (base is always run)",
    )
    p.add_argument(
        "--threads", type=whole_number, metavar="N", help="threads; never changes a number (default: all processors)"
    )
    p.add_argument(
        "--sobol-runs",
        type=whole_number,
        metavar="N",
        default=SOBOL_RUNS,
        help=f"model runs of the global sensitivity analysis, at least (default: {SOBOL_RUNS:,})",
    )
    p.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="Dask scheduler, such as tcp://HOST:8786, whose workers evaluate the draws of the probabilistic "
        "analysis in place of threads; never changes a number",
    )
    add_csv(p)
    p.set_defaults(mistake=_mistake)


def _mistake(a: argparse.Namespace) -> str:
    """What does not go together; "" where all does."""
    if a.tolerance is not None and a.draws != "auto":
        return "--tolerance goes with --draws auto"
    if a.draws == "auto" and a.input_draws is not None:
        return "--input-draws goes with a number of draws, not with --draws auto"
    if a.draws == "auto" and "psa" not in a.only:
        return "--draws auto is for a run with the probabilistic analysis (psa)"
    return ""


def _start(a: argparse.Namespace) -> int:
    with second_process() as beside:
        from model.cli.commands import run_command
        from model.cli.job import RunOptions

        given = vars(a) | {"changes": dict(a.changes)}
        options = RunOptions(**{field.name: given[field.name] for field in dataclasses.fields(RunOptions)})
        return run_command(options, OUTPUTS, beside)


def _workbook(text: str) -> Path:
    """The workbook named: a file, or a shipped one by its name where there is no such file."""
    return example_file(text) if text in EXAMPLES and not Path(text).exists() else Path(text)


def _draws(text: str) -> int | Literal["auto"]:
    return "auto" if text == "auto" else whole_number(text, 2)  # two, so that they have a spread


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0 and below 1, such as 0.01")
    return value


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
