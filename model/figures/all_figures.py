"""Every figure of a run, by the stem of its file name, and how they are written: PNG and SVG, the same bytes every time."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from model.analysis import PriceAnalyses, Sensitivity, ValueOfInformation
from model.analysis.analysis import Results
from model.analysis.base_case.base_case import BaseCase
from model.analysis.budget.budget_impact import BudgetImpact
from model.analysis.curve_choice import endpoints_of
from model.analysis.deterministic.curve_pairs import CurvePairs
from model.analysis.deterministic.one_way import OneWay
from model.analysis.deterministic.scenarios import Scenarios
from model.analysis.probabilistic.psa import PSA
from model.analysis.structures.structures import Structures
from model.figures import (
    against_evidence,
    candidates,
    differences,
    hazards,
    plane,
    price,
    probabilistic,
    results,
    states,
    survival,
)
from model.figures.budget_impact import budget_impact_by_year
from model.figures.canvas import Canvas, svg_of
from model.figures.curve_choice import curve_choice_figures
from model.figures.curve_pairs import curve_pairs_map
from model.figures.deep import price_figures, sensitivity_figures, value_of_information_figures
from model.figures.frame import is_empty
from model.figures.png_file import png_of
from model.figures.scenario_results import scenario_results
from model.figures.structures import structure_range
from model.figures.style import house_style
from model.figures.survival_intervals import survival_intervals
from model.figures.tornado import tornado

CLIP = re.compile(r"(?<=[#\"])p[0-9a-f]{10}(?=[)\"])")
OF_ANALYSES: Mapping[type, tuple[str, Callable[[Any], dict[str, Figure]]]] = {
    PriceAnalyses: ("prices", price_figures),
    Sensitivity: ("sensitivity", sensitivity_figures),
    ValueOfInformation: ("information", value_of_information_figures),
}
"""By result: what its figures are called where one cannot be drawn, and who draws them together."""
KINDS = ("png", "svg")


def figure_groups(found: Results) -> dict[str, Callable[[], dict[str, Figure]]]:
    """What results can draw, made when called: by figure, or by the analysis whose figures are drawn together.

    Each call gives figures by stem, empty ones left out. The number in a stem belongs to the kind of figure and never shifts.
    """
    base = found.the(BaseCase)
    definition = base.definition
    single: dict[str, Callable[[], Figure]] = {
        "01_survival_follow_up": lambda: survival.survival_follow_up(base),
        "02_survival_horizon": lambda: survival.survival_horizon(base),
        "03_survival_by_arm": lambda: survival.curves_by_arm(base),
        "04_candidates_follow_up": lambda: candidates.candidates_follow_up(base),
        "05_candidates_horizon": lambda: candidates.candidates_horizon(base),
        "06_hazards": lambda: hazards.hazards(base),
        "07_implied_hazard_ratio": lambda: hazards.implied_hazard_ratio(base),
        "08_state_occupancy": lambda: states.state_occupancy(base),
        "09_external_validation": lambda: against_evidence.against_external_evidence(base),
        "10_cost_breakdown": lambda: results.cost_breakdown(base),
        "11_qaly_breakdown": lambda: results.qaly_breakdown(base),
        "12_increments": lambda: differences.increments(base),
        "13_accrual": lambda: differences.accrual(base),
    }
    if len(definition.arms) > 2:
        single["14_frontier"] = lambda: differences.frontier(base)
    single["15_price"] = lambda: price.net_benefit_by_price(base)
    if (one_way := found.of(OneWay)) is not None:
        single["16_tornado"] = lambda: tornado(one_way)
    if (scenarios := found.of(Scenarios)) is not None:
        single["17_scenarios"] = lambda: scenario_results(scenarios)
    if (structures := found.of(Structures)) is not None:
        single["34_structures"] = lambda: structure_range(structures)
    if (budget := found.of(BudgetImpact)) is not None:
        single["35_budget_impact"] = lambda: budget_impact_by_year(budget)
    if (psa := found.of(PSA)) is not None:
        single |= {
            "18_plane": lambda: plane.plane(psa, base),
            "19_acceptability": lambda: probabilistic.acceptability(psa),
            "20_net_benefit": lambda: probabilistic.net_benefit(psa),
            "21_expected_loss": lambda: probabilistic.expected_loss(psa),
            "22_convergence": lambda: probabilistic.convergence(psa),
            "36_survival_intervals": lambda: survival_intervals(psa),
        }
    if (pairs := found.of(CurvePairs)) is not None:
        single["33_curve_pairs"] = lambda: curve_pairs_map(pairs)
    single["23_implied_mortality"] = lambda: hazards.implied_mortality(base)
    groups: dict[str, Callable[[], Mapping[str, Figure]]] = {
        stem: partial(_alone, stem, make) for stem, make in single.items()
    }
    for kind, (what, make) in OF_ANALYSES.items():
        if kind in found:
            groups[f"of {what}"] = partial(make, found.the(kind))
    groups["of curves fitted to data"] = lambda: curve_choice_figures(endpoints_of(definition), definition.about.title)
    return {what: partial(_filled, make) for what, make in groups.items()}


def _alone(stem: str, make: Callable[[], Figure]) -> dict[str, Figure]:
    return {stem: make()}


def _filled(make: Callable[[], Mapping[str, Figure]]) -> dict[str, Figure]:
    return {stem: figure for stem, figure in make().items() if not is_empty(figure)}


def figures(*results: object) -> dict[str, Figure]:
    """Every figure that the given results can fill, by stem: the base case and any further ones, in any order."""
    return {stem: figure for make in figure_groups(Results(*results)).values() for stem, figure in make().items()}


def write_figures(made: Mapping[str, Figure], directory: str | os.PathLike[str], kinds: Sequence[str] = KINDS) -> list[Path]:
    """Write each figure as ``<stem>.png`` and ``<stem>.svg``, or the ``kinds`` wanted (png, svg, pdf); returns the paths.

    A file appears under its name only when it is complete. Nothing in it tells when or where it was made.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for stem, figure in made.items():
        for name, data in figure_files({stem: figure}, kinds).items():
            unfinished = folder / f".{name}.{os.getpid()}.part"
            try:
                unfinished.write_bytes(data)
                os.replace(unfinished, folder / name)
            finally:
                unfinished.unlink(missing_ok=True)
            written.append(folder / name)
    return written


def figure_files(made: Mapping[str, Figure], kinds: Sequence[str] = KINDS) -> dict[str, bytes]:
    """The same files by name, as they would be written."""
    return {f"{stem}.{kind}": _drawn(figure, kind) for stem, figure in made.items() for kind in kinds}


def same_clips(svg: str) -> str:
    """Clips named by the order in which they come. Matplotlib names them after the coordinates of the axes, whose last digit
    may differ from run to run where nothing that is drawn does."""
    names: dict[str, str] = {}
    return CLIP.sub(lambda found: names.setdefault(found[0], f"clip{len(names) + 1}"), svg)


def _drawn(figure: Figure, kind: str) -> bytes:
    """One file (150 dots per inch)."""
    with house_style():  # the canvases' own methods draw once, where savefig draws twice
        if kind == "png":
            canvas = figure.canvas if isinstance(figure.canvas, Canvas) else Canvas(figure)
            canvas.draw()
            return png_of(np.asarray(canvas.buffer_rgba()), figure.dpi)
        if kind == "svg":
            return same_clips(svg_of(figure)).encode()
        from matplotlib.backends.backend_pdf import FigureCanvasPdf  # slow to load, and seldom wanted

        file = BytesIO()
        FigureCanvasPdf(figure).print_pdf(file, metadata={"CreationDate": None, "Creator": None, "Producer": None})
        return file.getvalue()
