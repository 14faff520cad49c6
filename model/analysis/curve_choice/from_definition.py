"""The endpoints of a definition whose curves are fitted to data, as the tables and figures of the curve choice take them."""

from __future__ import annotations

from collections.abc import Iterator

from model.analysis.curve_choice.endpoint import JOINT_EFFECTS, JOINT_NAMES, ArmFits, EndpointFits, ExternalPoint
from model.constants import MONTHS_PER_YEAR
from model.definition.curves.from_data import fit_judged, fits_of, joint_fit, observations, population_of, reconstruction
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import FROM_DATA, Curve
from model.definition.records.names import endpoint_words
from model.survival.joint import JointFit
from model.survival.kaplan_meier import kaplan_meier


def endpoints_of(definition: ModelDefinition) -> tuple[EndpointFits, ...]:
    """One per endpoint with at least one curve from patient data or a digitised curve; nothing is fitted twice.

    Arms whose curves come from elsewhere are left out. The reference arm (the comparator, if it is there) comes first.
    """
    names = dict.fromkeys(["pfs", "os", *(c.endpoint for c in definition.curves)])
    found = []
    for endpoint in names:
        for mortality in ("all_cause", "excess"):
            curves = [
                c for c in definition.curves if (c.endpoint, c.mortality) == (endpoint, mortality) and c.source in FROM_DATA
            ]
            if curves:
                found.append(_endpoint(definition, endpoint, curves))
    return tuple(found)


def _endpoint(definition: ModelDefinition, endpoint: str, curves: list[Curve]) -> EndpointFits:
    ordered = sorted(curves, key=lambda c: c.arm != definition.settings.comparator)
    excess = all(c.mortality == "excess" for c in ordered)
    population = population_of(definition).cumulative_hazard if definition.life_table else None
    drugs = definition.drug_labels
    joint: dict[tuple[str, str], JointFit] = {}
    if len(ordered) > 1 and not excess and all(c.cure == "none" for c in ordered):
        data = tuple((c.arm, observations(definition, c)) for c in ordered)
        for name in JOINT_NAMES:
            for effect in JOINT_EFFECTS:
                joint[name, effect] = joint_fit(data, ordered[0].arm, name, effect)
    return EndpointFits(
        endpoint=endpoint,
        label=_title(endpoint_words(endpoint, drugs)),
        arms=tuple(_arm(definition, c) for c in ordered),
        horizon_months=definition.settings.horizon_years * MONTHS_PER_YEAR,
        joint=joint,
        excess=excess,
        population=population,
        external=tuple(_external(definition, endpoint)),
        source=definition.about.title,
    )


def _arm(definition: ModelDefinition, curve: Curve) -> ArmFits:
    arm = definition.arm(curve.arm)
    data = observations(definition, curve)
    made = reconstruction(definition, curve) if curve.source == "digitised" else None
    fits = fits_of(definition, curve)
    judged = {name: fit_judged(definition, curve, name) for name, fit in fits.items() if fit.usable}
    return ArmFits(arm.id, arm.short_label, arm.colour, data, kaplan_meier(data), fits, made, curve.distribution, judged)


def _external(definition: ModelDefinition, endpoint: str) -> Iterator[ExternalPoint]:
    """Landmarks and medians of the table of external evidence."""
    for row in definition.external_evidence:
        if row.endpoint != endpoint:
            continue
        if row.statistic == "landmark" and row.month is not None:
            yield ExternalPoint(row.label, row.month, row.value, row.lower, row.upper, row.arm)
        elif row.statistic == "median":
            yield ExternalPoint(row.label, row.value, 0.5, None, None, row.arm)


def _title(words: str) -> str:
    return words[:1].upper() + words[1:]
