"""What each figure shows, in words, for readers who do not see it: its alternative text, and where its numbers stand.

A figure is known by its stem without the number in front; one of the curve choice by what comes after its endpoint.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

NUMBER = re.compile(r"^\d+_")


@dataclasses.dataclass(frozen=True)
class Description:
    """``shows``: kind of chart and what it shows, without a stop at its end. ``of``: the word of its analysis (a key of
    ``model.choices.ANALYSES``). ``tables``: stems of the tables that hold its numbers."""

    shows: str
    of: str = "base"
    tables: tuple[str, ...] = ()


FIGURES: Mapping[str, Description] = {
    "survival_follow_up": Description(
        "Line chart of progression-free and overall survival over the trial's follow-up, a line per arm, with the reported "
        "figures and their intervals as marks",
        tables=("survival", "trial_against_model"),
    ),
    "survival_horizon": Description(
        "Line chart of progression-free and overall survival over the whole time horizon, a line per arm, with the general "
        "population of the same age and sex and the reported figures",
        tables=("survival", "trial_against_model"),
    ),
    "survival_by_arm": Description(
        "Line charts, one per arm: overall survival, progression-free survival and time on each drug over the time horizon",
        tables=("survival",),
    ),
    "candidates_follow_up": Description(
        "Line charts, one per arm and endpoint: every candidate distribution over the follow-up of the trial beside the "
        "reported figures, the one of the base case drawn boldest",
        tables=("candidate_curves",),
    ),
    "candidates_horizon": Description(
        "Line charts, one per arm and endpoint: every candidate distribution beyond the follow-up, to the time horizon, and "
        "the general population",
        tables=("candidate_curves",),
    ),
    "hazards": Description(
        "Line charts of the hazard of progression or death and of the hazard of death over time, a line per arm, beside the "
        "general population",
        tables=("coherence",),
    ),
    "implied_hazard_ratio": Description(
        "Line charts of the hazard ratio that the curves imply, within each year and cumulatively, for progression-free and "
        "for overall survival",
        tables=("implied_hazard_ratio",),
    ),
    "state_occupancy": Description(
        "Stacked area charts, one per arm: shares of patients progression-free, progressed and dead over the time horizon",
        tables=("life_years",),
    ),
    "external_validation": Description(
        "Dot chart: medians and survival at a time in other studies with their intervals, and the model's figure beside each",
        tables=("external_evidence",),
    ),
    "cost_breakdown": Description("Stacked bars, one per arm: discounted cost per patient by category", tables=("costs",)),
    "qaly_breakdown": Description("Stacked bars, one per arm: discounted QALYs per patient by state", tables=("qalys",)),
    "increments": Description(
        "Bars: what the difference in cost and in QALYs between the arms consists of, category by category, and the total",
        tables=("costs", "qalys"),
    ),
    "accrual": Description(
        "Line charts: how the difference in QALYs, life years and cost adds up over time", tables=("costs", "qalys")
    ),
    "frontier": Description(
        "Scatter chart of cost against QALYs, a mark per option, with the efficiency frontier as a line",
        tables=("incremental", "totals"),
    ),
    "price": Description(
        "Line chart of the incremental net benefit against the price of the intervention's own drug, a line per threshold, "
        "with today's price marked",
        tables=("price_steps", "prices_against_all_options"),
    ),
    "tornado": Description(
        "Tornado: change of the incremental net monetary benefit when each input goes to its two bounds, the widest first",
        "one_way",
        ("one_way",),
    ),
    "scenarios": Description(
        "Dot chart: incremental net monetary benefit and ICER of each scenario beside the base case",
        "scenarios",
        ("scenarios",),
    ),
    "structures": Description(
        "Dot chart: QALYs gained and ICER of the base case in each structure and under each link between the arms",
        "structures",
        ("structures",),
    ),
    "budget_impact": Description(
        "Stacked bars of the budget impact of each year by category, and lines of the patients on treatment with and without "
        "the intervention in the market",
        "budget_impact",
        ("budget_impact",),
    ),
    "curve_pairs": Description(
        "Heat map of every pair of a progression-free and an overall survival family: ICER, fit, and whether and when the "
        "curves cross",
        "curve_pairs",
        ("curve_pairs",),
    ),
    "plane": Description(
        "Cost-effectiveness plane: incremental cost against incremental QALYs, a dot per draw, with the mean, the base case, "
        "the region that holds 95% of the draws and the thresholds as lines",
        "psa",
        ("psa_results", "psa_quadrants"),
    ),
    "survival_intervals": Description(
        "Line charts with bands: progression-free and overall survival of every arm over time, base case and 95% interval "
        "over draws",
        "psa",
        ("survival_intervals", "restricted_means"),
    ),
    "acceptability": Description(
        "Line chart of the probability that each option has the highest net benefit over willingness to pay, with the "
        "acceptability frontier",
        "psa",
        ("ceac", "ceaf"),
    ),
    "net_benefit": Description(
        "Histograms of the incremental net monetary benefit over the draws, one per decision threshold, the mean as a line",
        "psa",
        ("psa_results",),
    ),
    "expected_loss": Description(
        "Line charts over willingness to pay: expected loss of choosing each option, and the expected value of perfect "
        "information",
        "psa",
        ("expected_loss", "evpi"),
    ),
    "convergence": Description(
        "Line charts over the number of draws: running mean of the net benefit and running probability of being "
        "cost-effective, with their Monte Carlo intervals",
        "psa",
        ("psa_convergence",),
    ),
    "implied_mortality": Description(
        "Line charts of yearly death rates over time, after and before progression, a line per arm, beside the general "
        "population",
        tables=("coherence", "post_progression"),
    ),
    "value_based_price": Description(
        "Line chart of the price at which the incremental net benefit is zero against willingness to pay, with today's price",
        "prices",
        ("value_based_prices", "threshold_prices"),
    ),
    "price_probability": Description(
        "Line chart of the probability of being cost-effective over the price of the drug, a line per threshold",
        "prices",
        ("price_probability", "price_chance"),
    ),
    "net_prices": Description(
        "Contour chart of the incremental net monetary benefit over the net prices of two drugs, with the line where it is "
        "zero and today's prices",
        "prices",
        ("net_prices",),
    ),
    "sobol_indices": Description(
        "Bars: share of the variance of the net benefit and of the QALYs gained that each input explains, alone and with its "
        "interactions",
        "sensitivity",
        ("sobol_inmb", "sobol_qalys"),
    ),
    "morris_screening": Description(
        "Dot chart: mean and spread of the elementary effects of each input on the net benefit",
        "sensitivity",
        ("morris_inmb",),
    ),
    "two_inputs": Description(
        "Contour chart of the incremental net monetary benefit over the two inputs that matter most",
        "sensitivity",
        ("two_way",),
    ),
    "evppi_groups": Description(
        "Bars with intervals: what knowing each group of inputs perfectly would be worth per patient",
        "information",
        ("evppi",),
    ),
    "evppi_inputs": Description(
        "Bars with intervals: what knowing each single input perfectly would be worth per patient",
        "information",
        ("evppi_inputs",),
    ),
    "evsi": Description(
        "Line chart with a band: what the data of a study would be worth per patient, over the size of the study",
        "information",
        ("evsi",),
    ),
    "fit_candidates_follow_up": Description(
        "Line charts, one per arm: Kaplan-Meier curve of the data and every fitted candidate over the follow-up"
    ),
    "fit_candidates_horizon": Description(
        "Line charts, one per arm: every fitted candidate beyond the follow-up, up to the time horizon"
    ),
    "fit_hazards": Description("Line charts, one per arm: hazard of the data, smoothed, and of every fitted candidate"),
    "fit_straight_lines": Description(
        "Line charts on scales on which a distribution would be a straight line, with the data of each arm"
    ),
    "fit_schoenfeld": Description("Scatter chart of scaled Schoenfeld residuals over time, with their smoothed mean"),
    "fit_quantile_quantile": Description(
        "Scatter chart of the quantiles of one arm against those of the other: a straight line if time is stretched"
    ),
    "fit_implied_hazard_ratio": Description("Line chart of the hazard ratio between the arms that each candidate implies"),
    "fit_reconstruction": Description(
        "Line charts, one per arm: the digitised curve, and the Kaplan-Meier curve of the patients reconstructed from it"
    ),
}
"""By name of the figure (:func:`name_of`)."""


def name_of(stem: str) -> str:
    """The name of a figure by the stem of its file: ``16_tornado`` is tornado, ``fit_pfs_3_hazards`` is fit_hazards."""
    fitted = re.fullmatch(r"fit_.*?_\d_(\w+)", stem)
    return f"fit_{fitted[1]}" if fitted else NUMBER.sub("", stem)


def description_of(stem: str) -> Description | None:
    """What a figure shows, by the stem of its file; None where nothing is said of it."""
    return FIGURES.get(name_of(stem))


def alternative_text(stem: str, title: str) -> str:
    """What is read out in place of a figure: its title, what kind of chart it is, and what it shows."""
    known = description_of(stem)
    words = [title.rstrip("."), *([known.shows] if known else [])]
    return ". ".join(word for word in words if word) + "."
