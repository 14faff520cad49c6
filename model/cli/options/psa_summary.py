"""``psa-summary``: draws of another program."""

from __future__ import annotations

import argparse
from pathlib import Path

from model.cli.options.shared import OUTPUTS, Commands, add_command, add_csv, add_no_figures, add_results_folder

THRESHOLDS = (20_000.0, 30_000.0, 50_000.0, 100_000.0, 150_000.0)
GUIDE = """\
FILE is a CSV file or a workbook with one row per draw and one column of costs and one of effects per option, such as a
data frame written from R or the sheet 'PSA draws' of an output workbook of this model. Other columns of numbers are taken
as sampled inputs, whose value of information is estimated. Columns are found by their names (cost_A, qaly_A; costs.A,
effect_A; A_cost, A_qaly; c.A, e.A), or named with --costs and --effects, in the same order of options.

Written are a workbook, figures (PNG and SVG), tables (CSV) and run.json: means and intervals, incremental analysis,
acceptability curves and frontier, expected loss, EVPI, EVPPI of each input, quadrants, convergence.

Examples
  run_model.py psa-summary draws.csv --thresholds 20000,30000 --currency GBP
  run_model.py psa-summary bcea.xlsx --sheet Simulations --costs "c SoC,c New" --effects "e SoC,e New" --arms SoC,New
  run_model.py psa-summary outputs/patina_us/patina_us.xlsx --thresholds 100000,150000 --currency USD
"""


def add_to(commands: Commands) -> None:
    """The command and its options."""
    p = add_command(
        commands,
        "psa-summary",
        _start,
        "everything about the draws of another program",
        "Summarise the draws of a probabilistic analysis from R, Excel or elsewhere.",
        GUIDE,
    )
    p.add_argument("file", type=Path, metavar="FILE", help="CSV file or workbook of draws")
    p.add_argument("--costs", type=_names, metavar="COLUMNS", help="columns of costs, separated by commas")
    p.add_argument("--effects", type=_names, metavar="COLUMNS", help="columns of effects, in the same order")
    p.add_argument(
        "--parameters",
        type=_names,
        metavar="COLUMNS",
        help="columns of sampled inputs (default: every other column of numbers)",
    )
    p.add_argument("--arms", type=_names, metavar="NAMES", help="names of the options, in the order of their costs")
    p.add_argument("--reference", metavar="NAME", help="option that others are compared with (default: the first)")
    p.add_argument("--sheet", metavar="NAME", help="sheet of a workbook (default: 'PSA draws', else the first)")
    p.add_argument(
        "--thresholds",
        type=_thresholds,
        metavar="LIST",
        default=THRESHOLDS,
        help="willingness to pay per unit of effect, separated by commas (default: 20000 and 30000, NICE's range; "
        "50000, 100000 and 150000, as ICER states results)",
    )
    p.add_argument("--currency", default="", metavar="CODE", help="currency code printed beside amounts")
    p.add_argument("--effect-unit", default="QALY", metavar="UNIT", help="unit of the effects (default: QALY)")
    add_results_folder(p, "outputs/<file name>_summary", "of another file")
    add_csv(p)
    add_no_figures(p)


def _start(a: argparse.Namespace) -> int:
    from model.cli.psa_summary import psa_summary_command

    return psa_summary_command(a, OUTPUTS)


def _names(text: str) -> list[str]:
    names = [part.strip() for part in text.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of names separated by commas")
    return names


def _thresholds(text: str) -> tuple[float, ...]:
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if not values or not all(0 < v < float("inf") for v in values):
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of numbers above 0, such as 20000,30000")
    return values
