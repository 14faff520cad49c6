"""Curves of a starter workbook to be filled in: a row for each arm and endpoint, and the rows that its source needs."""

from __future__ import annotations

from typing import Any

from model.definition import Coefficient, Covariance, Curve, Evidence, RelativeEffect
from model.definition.records.curves import NO_DISTRIBUTION
from model.definition.records.survival_inputs import DigitisedCurveSource, DigitisedPoint, NumberAtRisk, SurvivalTableRow
from model.excel.template.asked import HAZARD_RATIO, Asked, AskedArm
from model.excel.template.values import EMPTY, to_fill
from model.survival.distributions import DISTRIBUTIONS

COEFFICIENTS_OF = "weibull"
"""The family whose coefficients stand in the table where none was named."""


def curves(asked: Asked) -> dict[str, Any]:
    """The tables of the sheets Survival, Digitised curves and Survival tables."""
    found: dict[str, list[Any]] = {
        name: []
        for name in (
            *("curves", "relative_effects", "evidence", "coefficients", "covariance"),
            *("digitised_sources", "numbers_at_risk", "digitised", "survival_tables"),
        )
    }
    reference = next(arm for arm in asked.arms if arm.curves != HAZARD_RATIO)
    for arm in asked.arms:
        for endpoint in (
            *(state.endpoint for state in asked.states),
            *(drug for drug in arm.drugs if asked.drug(drug).own_curve),
        ):
            _curve(found, arm, endpoint, reference, of_drug=endpoint in arm.drugs)
    return {name: tuple(rows) for name, rows in found.items()}


def _curve(found: dict[str, list[Any]], arm: AskedArm, endpoint: str, reference: AskedArm, *, of_drug: bool) -> None:
    """Add the rows of one curve; a time on treatment has no reference arm, so it is read from published statistics."""
    of: dict[str, Any] = {"arm": arm.id, "endpoint": endpoint}
    if arm.curves == HAZARD_RATIO and not of_drug:
        found["curves"].append(Curve(**of, source="relative_effect", reference_arm=reference.id))
        found["relative_effects"].append(RelativeEffect(**of, parameter=to_fill("hazard ratio", "lognormal_ratio")))
        return
    source = "evidence" if arm.curves == HAZARD_RATIO else arm.curves
    family = arm.family or (COEFFICIENTS_OF if source == "coefficients" else NO_DISTRIBUTION)
    found["curves"].append(Curve(**of, source=source, distribution=family))
    if source == "evidence":
        found["evidence"] += [
            Evidence(**of, statistic="median", value=EMPTY),
            Evidence(**of, statistic="landmark", item="", value=EMPTY),
        ]
    elif source == "coefficients":
        names = DISTRIBUTIONS[family].parameters
        found["coefficients"] += [Coefficient(**of, coefficient=name, parameter=to_fill("", "fixed")) for name in names]
        found["covariance"] += [
            Covariance(**of, first=first, second=second, value=EMPTY)
            for number, first in enumerate(names)
            for second in names[number:]
        ]
    elif source == "digitised":
        found["digitised_sources"].append(DigitisedCurveSource(**of, total_events=None))
        found["numbers_at_risk"].append(NumberAtRisk(**of, time=0.0, n_risk=EMPTY))
        found["digitised"].append(DigitisedPoint(**of, time=0.0, survival=1.0))
    elif source == "survival_table":
        found["survival_tables"].append(SurvivalTableRow(**of, time=0.0, survival=1.0))
