"""``run_model.py fit DATA``: the survival analysis alone, its workbook, figures and tables."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import platform
import time
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

import numpy as np

from model.analysis.curve_choice import EndpointFits, all_tables, analyse_endpoint, endpoints_of
from model.analysis.curve_choice.landmarks import landmark_table
from model.analysis.curve_choice.structures import structure_lines, structures_of
from model.cli.fit_data import TrialData, read_trial
from model.cli.fit_into import into_workbook
from model.cli.fit_open import open_fit_lines
from model.cli.job import PACKAGES
from model.cli.output_folder import check_folder, of_other_data
from model.cli.progress import Progress
from model.cli.staging import Staging, staged
from model.cli.tables_folder import write_tables
from model.constants import MONTHS_PER_YEAR
from model.definition.curves.from_data import cuts_in, population_at, population_of
from model.definition.model_definition import ModelDefinition
from model.excel import read_inputs, write_inputs
from model.excel.inputs.errors import file_problem
from model.excel.inputs.schema import SHEETS
from model.excel.inputs.workbook_cells import check_file
from model.excel.other_workbooks.fit_workbook import write_fit_workbook
from model.figures import write_figures
from model.figures.curve_choice import curve_choice_figures
from model.files import check_can_be_written
from model.survival.cox import cox_hazard_ratio, proportional_hazards_test
from model.survival.families.base import Distribution
from model.survival.families.piecewise import PiecewiseExponential
from model.survival.life_table import MixedPopulation
from model.survival.survival_data import SurvivalData, survival_data
from model.version import model_version

ENDPOINT_LABELS = {"pfs": "Progression-free survival", "os": "Overall survival"}


def fit_command(a: argparse.Namespace, outputs: Path) -> int:
    """Run the command; InputError or DefinitionError before anything is written."""
    start = time.perf_counter()
    if not a.horizon_years > 0:
        raise file_problem(f"--horizon-years is {a.horizon_years:g}; it must be above 0")
    out = a.out or outputs / f"{a.data.stem}_fit"
    check_folder(out, "fit", a.data, of_other_data({"data_file": a.data.name, "options": _options(a)}), a.overwrite)
    if a.into is not None and a.into.exists():
        check_can_be_written(a.into)
    with Progress(a.quiet) as progress:
        with progress.task("Fitting", 1):
            endpoints, told = _endpoints(a)
        changed = None
        if a.into is not None:  # refused before anything is written, not after it
            changed = into_workbook(read_inputs(a.into), endpoints, _mapping(a.arm))
        made = _publish(a, endpoints, out, progress, start)
    words = _in_words(endpoints, a.data.name)
    print(words)
    for line in told:
        print(f"  Note: {line}")
    if changed is not None:
        write_inputs(changed, a.into)
        print(f"{a.into} holds the coefficients of every candidate now; its selectors choose among them.")
    print(f"\n{len(made.files)} files in {out}; start with {out / (out.name + '.xlsx')}")
    return made.exit_code


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, sign, arm = pair.rpartition("=")
        if not sign or not name.strip() or not arm.strip():
            raise file_problem(f"--arm '{pair}' is not of the form NAME=ID")
        found[name.strip()] = arm.strip()
    return found


def _endpoints(a: argparse.Namespace) -> tuple[tuple[EndpointFits, ...], tuple[str, ...]]:
    """What is fitted, and what is to be told of the data, with file and row."""
    if _is_input_workbook(a.data):
        found = endpoints_of(read_inputs(a.data))
        found = tuple(e for e in found if not a.endpoint or e.endpoint in a.endpoint)
        if not found:
            raise file_problem(f"{a.data.name} has no curve from patient data or a digitised curve to be fitted")
        return found, tuple(_told(found))
    trial = read_trial(a.data, a.at_risk, tuple(a.endpoint))
    definition = read_inputs(a.excess) if a.excess is not None else None
    if definition is not None and not definition.life_table:
        raise file_problem(f"{a.excess.name} has no life table, which excess-hazard models need")
    return tuple(_analysed(a, endpoint, trial, definition) for endpoint in trial.data), trial.told


def _told(endpoints: Sequence[EndpointFits]) -> Iterator[str]:
    """Disagreements of the published figures on the sheet Digitised curves."""
    for endpoint in endpoints:
        for arm in endpoint.arms:
            for d in () if arm.reconstruction is None else arm.reconstruction.disagreements:
                yield f"Digitised curves, {arm.label}, {endpoint.label}: {d.message}"


def _is_input_workbook(path: Path) -> bool:
    if path.suffix.lower() != ".xlsx" or not path.is_file():
        return False
    import openpyxl

    check_file(path)
    try:
        names = openpyxl.load_workbook(path, read_only=True).sheetnames
    except Exception:  # whatever is wrong with the file is reported by its reader
        return False
    return {sheet.name for sheet in SHEETS} <= set(names)


def _analysed(a: argparse.Namespace, endpoint: str, trial: TrialData, definition: ModelDefinition | None) -> EndpointFits:
    data = dict(trial.data[endpoint])
    if a.reference is not None:
        if a.reference not in data:
            raise file_problem(f"there is no arm '{a.reference}' in {a.data.name}; it has: {', '.join(data)}")
        data = {a.reference: data.pop(a.reference), **data}
    population = None
    if definition is not None:
        table = population_of(definition)
        population = table.cumulative_hazard
        ages = trial.ages.get(endpoint, {})
        data = {arm: _with_population(d, table, ages.get(arm)) for arm, d in data.items()}
    return analyse_endpoint(
        endpoint,
        _label(endpoint),
        data,
        a.horizon_years * MONTHS_PER_YEAR,
        cure=a.cure,
        excess=definition is not None,
        population=population,
        reconstructions=trial.reconstructions.get(endpoint, {}),
        source=a.data.name,
        families=_families(a.cut_points),
    )


def _label(endpoint: str) -> str:
    """An endpoint in words; one that differs from an id only in case keeps its name, to be told apart."""
    known = ENDPOINT_LABELS.get(endpoint.lower())
    if known is None:
        words = endpoint.replace("_", " ")
        return words[:1].upper() + words[1:]
    return known if endpoint in ENDPOINT_LABELS else f"{known} ({endpoint})"


def _families(cut_points: str) -> list[Distribution]:
    """The piecewise exponential asked for, if any."""
    try:
        cuts = cuts_in(cut_points)
    except ValueError as error:
        raise file_problem(f"--cut-points '{cut_points}': {error}") from None
    return [PiecewiseExponential(cuts)] if cuts else []


def _with_population(
    data: SurvivalData,
    table: MixedPopulation,
    ages: tuple[np.ndarray, np.ndarray] | None,  # type: ignore[type-arg]
) -> SurvivalData:
    unknown = np.full(data.n, np.nan)
    age, female = ages if ages is not None else (unknown, unknown)
    hazard, cumulative = population_at(table, data.time, data.entry, age, female)
    return survival_data(data.time, data.event, data.entry, data.weight, data.patient, hazard, cumulative)


def _publish(
    a: argparse.Namespace, endpoints: tuple[EndpointFits, ...], out: Path, progress: Progress, start: float
) -> Staging:
    with staged(out, _record(a), "fit") as made:
        write_tables(made, all_tables(endpoints), form=a.csv)
        with progress.task("Workbook", 1), made.part("the workbook"):
            write_fit_workbook(made.folder / f"{out.name}.xlsx", endpoints, made.record)
        if not a.no_figures:
            with progress.task("Figures", 1), made.part("figures"):
                write_figures(curve_choice_figures(endpoints, a.data.name), made.folder / "figures")
        made.record["seconds"] = round(time.perf_counter() - start, 3)
    return made


def _record(a: argparse.Namespace) -> dict[str, object]:
    return {
        "data_file": a.data.name,
        "data_sha256": hashlib.sha256(a.data.read_bytes()).hexdigest(),
        "options": _options(a),
        "model_version": model_version(),
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
    }


def _options(a: argparse.Namespace) -> dict[str, object]:
    """The choices on which the results depend."""
    return {
        "endpoint": a.endpoint,
        "at_risk": None if a.at_risk is None else a.at_risk.name,
        "reference": a.reference,
        "horizon_years": a.horizon_years,
        "cure": a.cure,
        "excess": None if a.excess is None else a.excess.name,
        "cut_points": a.cut_points,
    }


def _in_words(endpoints: Sequence[EndpointFits], name: str) -> str:
    """What a person reads in ten seconds."""
    lines = [f"{name}"]
    for endpoint in endpoints:
        lines += ["", endpoint.label + (" (excess-hazard models)" if endpoint.excess else "")]
        for arm in endpoint.arms:
            lines += _arm_lines(endpoint, arm.arm)
        lines += _comparisons(endpoint)
    lines += structure_lines(structures_of(endpoints))
    return "\n".join(lines)


def _arm_lines(endpoint: EndpointFits, name: str) -> list[str]:
    arm = endpoint.arm(name)
    km = arm.kaplan_meier
    low, high = km.median_interval()
    events = "1 event" if arm.data.n_events == 1 else f"{arm.data.n_events} events"
    lines = [
        f"  {arm.label}: {arm.data.n} patients, {events}, median {_months(km.median)} "
        f"({_months(low)} to {_months(high)}) months"
    ]
    table = landmark_table(dataclasses.replace(endpoint, arms=(arm,), external=()))
    for candidate in sorted(arm.ranked.values(), key=lambda f: f.aic)[:3]:
        at = table[table["curve"] == candidate.label].set_index("year")["survival"]
        later = ", ".join(f"{at[y]:.0%} at {y:g} years" for y in (5.0, 10.0) if y in at.index)
        lines.append(f"    {candidate.label:32} AIC {candidate.aic:9.1f}   {later}")
    failed = [fit.label for fit in arm.fits.values() if not fit.usable]
    edge = [fit.label for fit in arm.ranked.values() if fit.boundary]
    lines += open_fit_lines(arm)
    if failed:
        lines.append(f"    not fitted: {'; '.join(failed)} (see the table of fits)")
    if edge:
        lines.append(f"    at a boundary: {'; '.join(edge)}")
    return lines


def _comparisons(endpoint: EndpointFits) -> list[str]:
    first, lines = endpoint.arms[0], []
    for arm in endpoint.arms[1:]:
        try:
            cox = cox_hazard_ratio(first.data, arm.data)
            test = proportional_hazards_test(first.data, arm.data)
        except ValueError as error:
            lines.append(f"  {arm.label} against {first.label}: {error}")
            continue
        low, high = cox.interval()
        lines.append(
            f"  {arm.label} against {first.label}: hazard ratio {cox.hazard_ratio:.2f} ({low:.2f} to {high:.2f}); "
            f"test of proportional hazards p = {test.p:.2g}"
        )
    return lines


def _months(value: float) -> str:
    return "not reached" if np.isnan(value) else f"{value:.1f}"
