"""``run_model.py psa-summary FILE``: every summary of a probabilistic analysis that another program has run."""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from model.analysis.decision.psa_summary import PSASummary, psa_summary
from model.cli.csv_file import write_csv
from model.cli.job import model_version
from model.cli.output_folder import check_folder, folder_name, of_other_data
from model.cli.progress import Progress
from model.cli.staging import Staging, staged
from model.excel.inputs.errors import file_problem
from model.excel.other_programs.psa_file import read_psa_file
from model.excel.other_workbooks.psa_summary_workbook import write_psa_summary
from model.figures import write_figures
from model.figures.draws_summary import summary_figures

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


def summary_parser() -> argparse.ArgumentParser:
    """The parser of the command."""
    p = argparse.ArgumentParser(
        prog="run_model.py psa-summary",
        description="Summarise the draws of a probabilistic analysis from R, Excel or elsewhere.",
        epilog=GUIDE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
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
    p.add_argument("--out", type=folder_name, metavar="DIR", help="folder for the results (default: outputs/<file>_summary)")
    p.add_argument("--overwrite", action="store_true", help="replace results of another file in the folder")
    p.add_argument("--no-figures", action="store_true", help="write no figures")
    return p


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


def psa_summary_command(arguments: Sequence[str], project: Path) -> int:
    """Run the command; InputError where the file cannot be used, before anything is written."""
    a = summary_parser().parse_args(arguments)
    out = a.out or project / "outputs" / f"{a.file.stem}_summary"
    check_folder(out, "psa-summary", a.file, of_other_data({"data_file": a.file.name}), a.overwrite)
    with Progress() as progress:
        with progress.task("Reading", 1):
            found = read_psa_file(a.file, a.costs, a.effects, a.arms, a.parameters, a.sheet)
        try:
            summary = psa_summary(
                found.costs,
                found.effects,
                found.arms,
                a.thresholds,
                found.parameters,
                reference=a.reference,
                currency=a.currency,
                effect_unit=a.effect_unit,
            )
        except ValueError as error:
            raise file_problem(f"{a.file.name}: {error}") from None
        with progress.task("Value of information", 1):
            words = summary.summary()
        made = _publish(a, summary, out, progress)
    print(f"{a.file.name}\n{words}")
    where = os.path.relpath(out)
    print(f"\n{len(made.files)} files in {where}; start with {os.path.join(where, out.name + '.xlsx')}")
    return made.exit_code


def _publish(a: argparse.Namespace, summary: PSASummary, out: Path, progress: Progress) -> Staging:
    with staged(out, _record(a, summary), "psa-summary") as made:
        (made.folder / "tables").mkdir()
        for stem, make in summary.tables().items():
            with made.part(f"table {stem}"):
                write_csv(make(), made.folder / "tables" / f"{stem}.csv")
        with progress.task("Workbook", 1), made.part("the workbook"):
            write_psa_summary(made.folder / f"{out.name}.xlsx", summary, made.record)
        if not a.no_figures:
            with progress.task("Figures", 1), made.part("figures"):
                write_figures(summary_figures(summary, a.file.name), made.folder / "figures")
    return made


def _record(a: argparse.Namespace, summary: PSASummary) -> dict[str, object]:
    return {
        "data_file": a.file.name,
        "data_sha256": hashlib.sha256(a.file.read_bytes()).hexdigest(),
        "draws": summary.n_draws,
        "options": ", ".join(summary.arms),
        "reference": summary.reference,
        "inputs": ", ".join(summary.parameters) or "none",
        "thresholds": ", ".join(f"{t:g}" for t in summary.thresholds),
        "currency": summary.currency,
        "effect_unit": summary.effect_unit,
        "model_version": model_version(),
    }
