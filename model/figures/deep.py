"""Figures of the price, sensitivity and information analyses of a run, by the stem of their file names."""

from __future__ import annotations

from matplotlib.figure import Figure

from model.analysis import PriceAnalyses, Sensitivity, ValueOfInformation
from model.figures import contours, global_sensitivity, price_analyses, value_of_information


def price_figures(found: PriceAnalyses) -> dict[str, Figure]:
    """Figures of the price analyses."""
    made = {"24_value_based_price": price_analyses.value_based_price(found.value_based_prices)}
    if found.probability is not None:
        made["25_price_probability"] = price_analyses.price_probability_curve(found.probability)
    if found.net_prices is not None:
        made["26_net_prices"] = price_analyses.net_price_contours(found.net_prices)
    return made


def sensitivity_figures(found: Sensitivity) -> dict[str, Figure]:
    """Figures of the global sensitivity analysis."""
    made = {
        "27_sobol_indices": global_sensitivity.sobol_bars(found.sobol),
        "28_morris_screening": global_sensitivity.morris_points(found.morris),
    }
    if found.two_way is not None:
        made["29_two_inputs"] = contours.two_way_contours(found.two_way)
    return made


def value_of_information_figures(found: ValueOfInformation) -> dict[str, Figure]:
    """Figures of the value of information, at the last of its thresholds."""
    at = found.thresholds[-1]
    made = {
        "30_evppi_groups": value_of_information.evppi_ranking(found.psa, found.groups, at),
        "31_evppi_inputs": value_of_information.evppi_ranking(found.psa, found.parameters, at),
    }
    if found.evsi is not None and found.trial is not None:
        study = f"a trial of all arms followed for {found.trial.follow_up_months:g} months"
        made["32_evsi"] = value_of_information.sample_information(found.psa, found.evsi, study=study, threshold=at)
    return made
