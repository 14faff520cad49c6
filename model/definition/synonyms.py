"""Words that an analyst may type for the ones that a cell takes: abbreviations, and the names that other programs use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from model.spelling import did_you_mean as nearest
from model.spelling import plain
from model.survival.distributions import DISTRIBUTIONS

SYNONYMS: Mapping[str, tuple[str, ...]] = {  # of each word the first that a cell takes counts
    **{name: family.other_names for name, family in DISTRIBUTIONS.items()},
    "piecewise_exponential": ("piecewise", "pwexp", "pw_exponential"),
    "model_average": ("average", "averaged", "model_averaging"),
    "fixed": ("constant", "const", "none", "deterministic", "point_estimate", "flat", "flat_dose", "absolute"),
    "normal": ("norm", "gaussian"),
    "uniform": ("unif", "rectangular"),
    "hazard_ratio": ("hr",),
    "acceleration_factor": ("af", "time_ratio", "aft"),
    "odds_ratio": ("or",),
    "pfs": ("progression_free_survival", "progression_free", "pf"),
    "os": ("overall_survival", "overall"),
    "progression_free": ("pf", "pfs", "pre_progression", "preprogression", "stable", "stable_disease"),
    "progressed": ("pd", "pps", "post_progression", "progressive_disease", "progressed_disease"),
    "on_treatment": ("treatment", "on_drug", "treated"),
    "coefficients": ("coefficient", "parameters", "parametric"),
    "relative_effect": ("relative", "hr", "indirect"),
    "patient_data": ("ipd", "individual_patient_data", "patient_level_data", "patients"),
    "digitised": ("digitized", "km", "kaplan_meier"),
    "survival_table": ("table", "tabulated"),
    "trapezoid": ("trapezoidal", "half_cycle", "half_cycle_correction", "hcc"),
    "left": ("start", "beginning", "cycle_start", "start_of_cycle"),
    "right": ("end", "cycle_end", "end_of_cycle"),
    "365.25_days": ("365_25", "julian", "average"),
    "365_days": ("365", "365_0", "common"),
    "52_weeks": ("52", "364", "weeks"),
    "360_days": ("360",),
    "latin_hypercube": ("lhs", "latin_hypercube_sampling"),
    "random": ("monte_carlo", "mc", "simple_random"),
    "continuous": ("continuously",),
    "annual_step": ("annual", "yearly", "per_year"),
    "per_kg": ("mg_kg", "kg", "weight"),
    "per_m2": ("mg_m2", "m2", "bsa", "per_sqm"),
    "per_month": ("monthly", "month"),
    "once": ("one_off", "single"),
    "non_mixture": ("nonmixture", "promotion_time"),
    "yes": ("y", "1", "x", "ja", "oui", "si", "t", "on"),
    "no": ("n", "0", "nein", "non", "f", "off"),
}


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """``; did you mean 'weibull'?`` for ``Weibull`` or ``wbl``, or "" where no word of ``known`` is near."""
    return nearest(text, known, SYNONYMS)


def did_you_mean_id(text: str) -> str:
    """The same for an id of the user's own: as ids are written."""
    word = plain(text)
    endpoint = next((name for name in ("os", "pfs") if word in SYNONYMS[name]), word)
    return f"; did you mean '{endpoint}'?" if endpoint[:1].isalpha() and endpoint != text else ""
