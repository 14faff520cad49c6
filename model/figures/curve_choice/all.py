"""Every figure of the curve choice by the stem of its file name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.figure import Figure

from model.analysis.curve_choice.endpoint import EndpointFits
from model.analysis.safe_names import file_stems
from model.figures.curve_choice.diagnostics import hazard_ratio, quantiles, schoenfeld, straight_lines
from model.figures.curve_choice.hazards import hazards
from model.figures.curve_choice.reconstruction import reconstructed
from model.figures.curve_choice.survival import candidates_follow_up, candidates_horizon

MAKERS: dict[str, Callable[[EndpointFits, str], Figure | None]] = {
    "1_candidates_follow_up": candidates_follow_up,
    "2_candidates_horizon": candidates_horizon,
    "3_hazards": hazards,
    "4_straight_lines": straight_lines,
    "5_schoenfeld": schoenfeld,
    "6_quantile_quantile": quantiles,
    "7_implied_hazard_ratio": hazard_ratio,
    "8_reconstruction": reconstructed,
}


def curve_choice_figures(endpoints: Sequence[EndpointFits], source: str) -> dict[str, Figure]:
    """The figures that the data of each endpoint can fill: ``fit_<endpoint>_<number>_<what>``."""
    made: dict[str, Figure] = {}
    names = [f"{e.endpoint}_excess" if e.excess else e.endpoint for e in endpoints]
    for endpoint, name in zip(endpoints, file_stems(names), strict=True):
        for stem, make in MAKERS.items():
            figure = make(endpoint, source)
            if figure is not None:
                made[f"fit_{name}_{stem}"] = figure
    return made
