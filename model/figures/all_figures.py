"""Every figure of a run, by the stem of its file name, and how they are written: PNG and SVG, the same bytes every time."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from model.analysis import Information, PriceAnalyses, Sensitivity
from model.analysis.base_case import BaseCase
from model.analysis.curve_choice import endpoints_of
from model.analysis.one_way import OneWay
from model.analysis.probabilistic import PSA
from model.analysis.scenarios import Scenarios

from . import (
    candidates,
    differences,
    hazards,
    plane,
    price,
    probabilistic,
    results,
    states,
    survival,
    validation,
)
from .curve_choice import curve_choice_figures
from .deep import information_figures, price_figures, sensitivity_figures
from .frame import is_empty
from .sensitivity import scenario_results, tornado
from .style import house_style

FAST = {"compress_level": 1}  # a tenth larger than the default and markedly faster


def figures(
    base: BaseCase,
    one_way: OneWay | None = None,
    scenarios: Scenarios | None = None,
    psa: PSA | None = None,
    prices: PriceAnalyses | None = None,
    information: Information | None = None,
    sensitivity: Sensitivity | None = None,
) -> dict[str, Figure]:
    """Every figure that the given results can fill; the number in a stem belongs to the kind of figure and never shifts."""
    made: dict[str, Figure] = {
        "01_survival_follow_up": survival.survival_follow_up(base),
        "02_survival_horizon": survival.survival_horizon(base),
        "03_survival_by_arm": survival.curves_by_arm(base),
        "04_candidates_follow_up": candidates.candidates_follow_up(base),
        "05_candidates_horizon": candidates.candidates_horizon(base),
        "06_hazards": hazards.hazards(base),
        "07_implied_hazard_ratio": hazards.implied_hazard_ratio(base),
        "08_state_occupancy": states.state_occupancy(base),
        "09_external_validation": validation.external_validation(base),
        "10_cost_breakdown": results.cost_breakdown(base),
        "11_qaly_breakdown": results.qaly_breakdown(base),
        "12_increments": differences.increments(base),
        "13_accrual": differences.accrual(base),
    }
    if len(base.definition.arms) > 2:
        made["14_frontier"] = differences.frontier(base)
    made["15_price"] = price.net_benefit_by_price(base)
    if one_way is not None:
        made["16_tornado"] = tornado(one_way)
    if scenarios is not None:
        made["17_scenarios"] = scenario_results(scenarios)
    if psa is not None:
        made |= {
            "18_plane": plane.plane(psa, base),
            "19_acceptability": probabilistic.acceptability(psa),
            "20_net_benefit": probabilistic.net_benefit(psa),
            "21_expected_loss": probabilistic.expected_loss(psa),
            "22_convergence": probabilistic.convergence(psa),
        }
    made["23_implied_mortality"] = hazards.implied_mortality(base)
    if prices is not None:
        made |= price_figures(prices)
    if sensitivity is not None:
        made |= sensitivity_figures(sensitivity)
    if information is not None:
        made |= information_figures(information)
    made |= curve_choice_figures(endpoints_of(base.definition), base.definition.about.title)
    return {stem: figure for stem, figure in made.items() if not is_empty(figure)}


def write_figures(
    made: Mapping[str, Figure], directory: str | os.PathLike[str], kinds: Sequence[str] = ("png", "svg")
) -> list[Path]:
    """Write each figure as ``<stem>.png`` and ``<stem>.svg``, or the ``kinds`` wanted; returns the paths.

    A file appears under its name only when it is complete. Nothing in it tells when or where it was made.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for stem, figure in made.items():
        for kind in kinds:
            path = folder / f"{stem}.{kind}"
            write_figure(figure, path, kind)
            written.append(path)
    return written


def write_figure(figure: Figure, path: Path, kind: str) -> None:
    """Write one file (150 dots per inch), first under another name in the same folder."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with house_style():  # the canvases' own methods draw once, where savefig draws twice
            if kind == "png":
                FigureCanvasAgg(figure).print_png(unfinished, metadata={"Software": None}, pil_kwargs=FAST)
            else:
                resolution = figure.dpi  # print_svg leaves it at 72
                FigureCanvasSVG(figure).print_svg(unfinished, metadata={"Date": None, "Creator": None})
                figure.dpi = resolution
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
