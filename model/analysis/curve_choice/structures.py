"""Three structures on the same patients: partitioned survival, and state transition with the clock forward and reset.

Where the same patients were followed for PFS and for OS, their progressions and deaths can be told apart, and each structure
gives them a likelihood (Muston 2024, psm3mkv). It says how well a structure describes the trial; how it extrapolates it does
not say.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from model.analysis.columns.curve_choice import STRUCTURE_LIKELIHOODS, TRANSITION_FITS
from model.analysis.curve_choice.endpoint import ArmFits, EndpointFits
from model.survival.distributions import STANDARD_NAMES
from model.survival.estimation import Fit
from model.survival.multistate import ENDPOINTS, Patients, StructureLikelihood, fit_endpoints, patients, structure_likelihoods

ENDPOINT_WORDS = {
    "progression": "Time to progression",
    "death_before": "Death before progression",
    "pfs": "Progression-free survival",
    "os": "Overall survival",
    "after_reset": "Survival after progression, time from progression",
    "after_forward": "Survival after progression, time from the start",
}
LIKELIHOOD_WORDS = {
    "partitioned_by_share": "Partitioned survival, deaths as a share of PFS events",
    "partitioned_by_curve": "Partitioned survival, with a curve of time to progression",
    "clock_forward": "State transition, clock forward",
    "clock_reset": "State transition, clock reset",
}
WHOLE = {"pfs", "os"}
"""Endpoints of which both are needed."""


@dataclasses.dataclass(frozen=True)
class ArmStructures:
    """One arm: every family of each endpoint by its id, and the likelihood of each structure with the families of lowest
    AIC, ``chosen``; ``problem``: why there is none, or "" ."""

    label: str
    fits: Mapping[str, Mapping[str, Fit]] = dataclasses.field(default_factory=dict)
    chosen: Mapping[str, Fit] = dataclasses.field(default_factory=dict)
    likelihoods: Mapping[str, StructureLikelihood] = dataclasses.field(default_factory=dict)
    problem: str = ""


def structures_of(endpoints: Sequence[EndpointFits]) -> tuple[ArmStructures, ...]:
    """The structures of every arm that has PFS and OS of the same patients; none where no arm has."""
    by_name = {e.endpoint: e for e in endpoints if not e.excess}
    if not by_name.keys() >= WHOLE:
        return ()
    pfs, os = by_name["pfs"], by_name["os"]
    shared = [(arm, os.arm(arm.arm)) for arm in pfs.arms if arm.arm in {a.arm for a in os.arms}]
    return tuple(_arm(of_pfs, of_os) for of_pfs, of_os in shared if _tied(of_pfs, of_os))


def structure_table(structures: Sequence[ArmStructures]) -> pd.DataFrame:
    """One row per arm and structure: log-likelihood, parameters, AIC, BIC, and the families that it is made of; or why
    there is none."""
    rows = []
    for arm in structures:
        if arm.problem:
            rows.append((arm.label, "", np.nan, np.nan, np.nan, np.nan, "", arm.problem))
        for name, found in arm.likelihoods.items():
            families = "; ".join(f"{ENDPOINT_WORDS[e]}: {arm.chosen[e].label}" for e in PARTS[name])
            fits = np.isfinite(found.log_likelihood)
            note = "" if fits else f"{_impossible(found)} by these curves: no likelihood"
            numbers = (found.log_likelihood, found.n_parameters, found.aic, found.bic)
            numbers = numbers if fits else (np.nan, found.n_parameters, np.nan, np.nan)
            rows.append((arm.label, LIKELIHOOD_WORDS[name], *numbers, families, note))
    return STRUCTURE_LIKELIHOODS.frame(rows)


def transition_table(structures: Sequence[ArmStructures]) -> pd.DataFrame:
    """One row per arm, endpoint and family: the fits that the structures are made of."""
    rows = []
    for arm in structures:
        for endpoint, fits in arm.fits.items():
            for fit in sorted(fits.values(), key=lambda f: f.aic if f.usable else np.inf):
                number = len(fit.coefficients)
                used = fit is arm.chosen.get(endpoint)
                told = (number, fit.log_likelihood, fit.aic) if fit.usable else (number, np.nan, np.nan)
                note = fit.failure or ("" if fit.usable else "the search did not end at a maximum")
                rows.append((arm.label, ENDPOINT_WORDS[endpoint], fit.label, *told, used, note))
    return TRANSITION_FITS.frame(rows)


def structure_lines(structures: Sequence[ArmStructures]) -> list[str]:
    """For the console: the structures of each arm by AIC."""
    lines = []
    for arm in structures:
        lines.append(f"  {arm.label}" + (f": not compared, {arm.problem}" if arm.problem else ""))
        for found in sorted(arm.likelihoods.values(), key=lambda s: s.aic):
            told = f"AIC {found.aic:9.1f}" if np.isfinite(found.aic) else _impossible(found)
            lines.append(f"    {LIKELIHOOD_WORDS[found.structure]:60} {told}")
    return ["", "Structures on the same patients", *lines] if lines else []


PARTS = {
    "partitioned_by_share": ("pfs", "os"),
    "partitioned_by_curve": ("pfs", "os", "progression"),
    "clock_forward": ("progression", "death_before", "after_forward"),
    "clock_reset": ("progression", "death_before", "after_reset"),
}
"""The endpoints whose curves each structure is made of."""


def _impossible(found: StructureLikelihood) -> str:
    """How many patients a structure says cannot be, as where it leaves none to die after progression."""
    number = int(np.isneginf(found.by_patient).sum())
    return f"{number} patient{'' if number == 1 else 's'} could not be"


def _tied(pfs: ArmFits, os: ArmFits) -> bool:
    """Are the same patients followed for both, each once, from the start, and with the same weight?"""
    first, second = pfs.data, os.data
    if first.patient is None or second.patient is None or sorted(first.patient) != sorted(second.patient):
        return False
    once = len(set(first.patient)) == len(first.patient)
    return once and all((d.entry == 0).all() and (d.weight == 1).all() for d in (first, second))


def _arm(pfs: ArmFits, os: ArmFits) -> ArmStructures:
    """Worked out once for the same patients: several sheets and files ask."""
    assert pfs.data.patient is not None and os.data.patient is not None
    place = {name: i for i, name in enumerate(os.data.patient)}
    order = [place[name] for name in pfs.data.patient]
    columns = (pfs.data.time, pfs.data.event, os.data.time[order], os.data.event[order])
    return _fitted(pfs.label, pfs.data.patient, tuple(tuple(c.tolist()) for c in columns))


@lru_cache(maxsize=16)
def _fitted(label: str, names: tuple[str, ...], columns: tuple[tuple[float, ...], ...]) -> ArmStructures:
    try:
        pfs_time, pfs_event, os_time, os_event = columns
        of_arm = patients(pfs_time, pfs_event, os_time, os_event, names)
        fits = {endpoint: _families(of_arm, endpoint) for endpoint in ENDPOINTS}
    except ValueError as error:
        return ArmStructures(label, problem=str(error))
    usable = {e: [f for f in made.values() if f.usable] for e, made in fits.items()}
    without = [ENDPOINT_WORDS[e].lower() for e, made in usable.items() if not made]
    if without:
        return ArmStructures(label, fits, problem=f"no family could be fitted to {', '.join(without)}.")
    chosen = {e: min(made, key=lambda f: f.aic) for e, made in usable.items()}
    return ArmStructures(label, fits, chosen, structure_likelihoods(of_arm, chosen))


def _families(of_arm: Patients, endpoint: str) -> dict[str, Fit]:
    """Every standard family of one endpoint."""
    if endpoint == "death_before" and not of_arm.died_before.any():
        raise ValueError("no patient died before progression.")
    return {name: fit_endpoints(of_arm, {endpoint: name})[endpoint] for name in STANDARD_NAMES}
