"""What is assumed about each relative effect after the trial, and what a reviewer should be warned of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.analysis.columns.base_case import TREATMENT_EFFECTS
from model.definition.curves.coefficients import curve_coefficients
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import Curve
from model.definition.records.names import endpoint_words
from model.definition.sampling.draws import base_case_draws
from model.engine.curves import Curves, wanes
from model.engine.timeline import make_timeline
from model.survival.effects import remaining_effect
from model.survival.increments import hazard_increments

LOWERED = "waning lowers the hazard where the arm's hazard already exceeds the reference arm's"


def treatment_effects(definition: ModelDefinition) -> pd.DataFrame:
    """One row per curve that is compared with a reference arm's: effect, waning, and warnings.

    ``months_with_higher_hazard``: time within the horizon in which the arm's hazard before waning exceeds the
    reference arm's. Waning then lowers the hazard, which is warned of (standards of NICE DSU TSD 21).
    """
    curves = Curves(definition, make_timeline(definition))
    drugs = definition.drug_labels
    rows = []
    for curve in definition.curves:
        if curve.reference_arm is None:
            continue
        reference = curves.reference(curve)
        higher, lowered = _higher_hazard(curves, curve, reference)
        warnings = "; ".join(_warnings(definition, curve, reference, lowered))
        effect = curve.effect if curve.source == "relative_effect" or curve.fitted == "jointly" else "own curve"
        rows.append(
            (
                definition.arm(curve.arm).short_label,
                endpoint_words(curve.endpoint, drugs),
                definition.arm(curve.reference_arm).short_label,
                effect.replace("_", " "),
                waning_words(curve),
                curve.waning_start,
                curve.waning_end,
                higher,
                warnings,
            )
        )
    return TREATMENT_EFFECTS.frame(rows)


def waning_warning(definition: ModelDefinition) -> str:
    """Where waning lowers a hazard: the curves concerned, or ""."""
    if not any(wanes(curve) and curve.reference_arm is not None for curve in definition.curves):
        return ""
    table = treatment_effects(definition)
    warned = table[table["warning"].str.startswith(LOWERED)]
    curves = [f"{arm}, {endpoint}" for arm, endpoint in zip(warned["arm"], warned["endpoint"], strict=True)]
    return f"{LOWERED} ({'; '.join(curves)})" if curves else ""


def waning_words(curve: Curve) -> str:
    """The waning rule of a curve in words."""
    if not wanes(curve):
        return "none: the effect lasts"
    return curve.waning.replace("_", " ")


def _higher_hazard(curves: Curves, curve: Curve, reference: Curve) -> tuple[float, bool]:
    """Months in which the arm's hazard before waning exceeds the reference arm's; does waning lower a hazard?"""
    draws = base_case_draws(curves.definition)
    before = curves.before_waning(curve, draws)
    other = curves.before_waning(reference, draws)
    treated, untreated = hazard_increments(before)[0], hazard_increments(other)[0]
    higher = treated > untreated * (1 + 1e-9) + 1e-15
    widths = np.diff(curves.months, prepend=0.0)
    return float(widths[higher].sum()), bool(np.any(higher & _waning_acts(curves, curve)))


def _waning_acts(curves: Curves, curve: Curve) -> NDArray[np.bool_]:
    """In which cycles does waning change the hazard?"""
    if curve.waning == "treatment_end":
        return np.full(curves.months.shape, True)
    if curve.waning_start is None:
        return np.full(curves.months.shape, False)
    end = curve.waning_start if curve.waning_end is None else curve.waning_end
    shape = "linear" if curve.waning == "loss_of_benefit" else curve.waning
    return remaining_effect(curves.months, curve.waning_start, end, shape) < 1


def _warnings(definition: ModelDefinition, curve: Curve, reference: Curve, lowered: bool) -> Iterator[str]:
    if lowered:
        yield LOWERED
    if curve.source == "relative_effect" and curve.effect == "hazard_ratio":
        made = curve_coefficients(definition, reference)
        if made is not None and not made.family.proportional_hazards:
            cure = f" with {reference.cure.replace('_', '-')} cure" if reference.cure != "none" else ""
            yield f"a hazard ratio on a {reference.distribution} curve{cure}: the treated curve is no longer of that family"
    if curve.source == "relative_effect" and reference.source in ("evidence", "patient_data", "digitised"):
        yield "the effect comes from elsewhere than the fit of the reference curve (TECH-VER T6)"
