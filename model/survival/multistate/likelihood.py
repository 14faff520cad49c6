"""How well each structure explains the same patients: partitioned survival, clock reset and clock forward.

The likelihood of what was seen of a patient is a product of staying and leaving, whatever the structure (Muston 2024,
Appl Health Econ Health Policy 22, who compares structures so in psm3mkv). With u the time of PFS and t that of OS:

    progression-free at u             S_1(u)
    died at u without progression     S_1(u) h_d(u)
    progressed at u, alive at t       S_1(u) h_p(u) S_2(t | u)
    progressed at u, died at t        S_1(u) h_p(u) S_2(t | u) h_2(t | u)

State transition: S_1 = S_progression S_death_before; S_2(t | u) = S_after(t - u), or S_after(t) / S_after(u) with the
clock forward. Partitioned survival: S_1 = S_PFS, and the hazards are those that the curves imply, as far as possible:

    h_d = h_PFS - h_p, between 0 and S_OS h_OS / S_PFS;    h_p = h_PFS - h_d afterwards
    h_2 = (S_OS h_OS - S_PFS h_d) / (S_OS - S_PFS), not below 0;    S_2(t | u) = exp(-integral of h_2 from u to t)

with h_p the observed share of PFS events that are progressions times h_PFS, or that of a curve of time to progression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.survival.estimation import Fit, fit_data
from model.survival.families.base import Distribution
from model.survival.multistate.patients import ENDPOINTS, Patients

STRUCTURES = ("partitioned_by_share", "partitioned_by_curve", "clock_forward", "clock_reset")
_LARGEST_HAZARD = 5000.0  # of death after progression per unit of time, where PFS meets OS (as psm3mkv has it)

_PANELS = 24
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


class Curve(Protocol):
    """A family with its natural coefficients (k,), such as a `Fit`."""

    @property
    def distribution(self) -> Distribution: ...

    @property
    def coefficients(self) -> Array: ...


@dataclass(frozen=True, eq=False)
class StructureLikelihood:
    """Log-likelihood of one structure. by_patient: (n,), -inf for what the structure says cannot be; n_parameters: of all
    its curves."""

    structure: str
    by_patient: Array
    n_parameters: int

    @property
    def log_likelihood(self) -> float:
        return float(self.by_patient.sum())

    @property
    def aic(self) -> float:
        """2 k - 2 log L (Akaike 1974)."""
        return 2 * self.n_parameters - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """k log n - 2 log L, n the number of patients (Schwarz 1978)."""
        return self.n_parameters * float(np.log(len(self.by_patient))) - 2 * self.log_likelihood


def fit_endpoints(patients: Patients, families: Mapping[str, str]) -> dict[str, Fit]:
    """The curve of every endpoint by maximum likelihood; families: name of the distribution by endpoint.

    Raises ValueError for what is not one of `ENDPOINTS`; a fit that fails says why.
    """
    return {endpoint: fit_data(patients.data(endpoint), name) for endpoint, name in families.items()}


def structure_likelihoods(patients: Patients, curves: Mapping[str, Curve]) -> dict[str, StructureLikelihood]:
    """The likelihood of each of `STRUCTURES` on the same patients; curves: one for each of `ENDPOINTS`."""
    missing = [endpoint for endpoint in ENDPOINTS if endpoint not in curves]
    if missing:
        raise ValueError(f"a curve is missing for {', '.join(missing)}.")
    c = curves
    return {
        "partitioned_by_share": partitioned_survival(patients, c["pfs"], c["os"]),
        "partitioned_by_curve": partitioned_survival(patients, c["pfs"], c["os"], c["progression"]),
        "clock_forward": state_transition(patients, c["progression"], c["death_before"], c["after_forward"], "forward"),
        "clock_reset": state_transition(patients, c["progression"], c["death_before"], c["after_reset"], "reset"),
    }


def state_transition(
    patients: Patients, progression: Curve, death_before: Curve, after: Curve, clock: str = "reset"
) -> StructureLikelihood:
    """Likelihood of a state-transition model; clock after progression: "reset" or "forward"."""
    if clock not in ("reset", "forward"):
        raise ValueError(f"{clock!r} is not a clock. Allowed: reset, forward.")
    u = patients.pfs_time
    start = np.zeros_like(u) if clock == "reset" else u
    end = np.maximum(patients.os_time - u, 0.0) if clock == "reset" else patients.os_time
    by_patient = _log_likelihood(
        patients,
        stays=-_cumulative(progression, u) - _cumulative(death_before, u),
        progresses=_log_hazard(progression, u),
        dies_before=_log_hazard(death_before, u),
        stays_after=_cumulative(after, start) - _cumulative(after, end),
        dies_after=_log_hazard(after, end),
    )
    parameters = sum(len(curve.coefficients) for curve in (progression, death_before, after))
    return StructureLikelihood(f"clock_{clock}", by_patient, parameters)


def partitioned_survival(patients: Patients, pfs: Curve, os: Curve, progression: Curve | None = None) -> StructureLikelihood:
    """Likelihood of a partitioned-survival model: its implied hazards from the observed share of progressions among PFS
    events, which counts as one parameter, or from a curve of time to progression."""
    implied = _Implied(pfs, os, progression, 1 - patients.death_share)
    u, t = patients.pfs_time, patients.os_time
    before = implied.death_before(u)
    with np.errstate(divide="ignore"):
        by_patient = _log_likelihood(
            patients,
            stays=-_cumulative(pfs, u),
            progresses=np.log(np.maximum(np.exp(_log_hazard(pfs, u)) - before, 0.0)),
            dies_before=np.log(before),
            stays_after=-_integral(implied, u, t),
            dies_after=np.log(implied.death_after(t)),
        )
    extra = 1 if progression is None else len(progression.coefficients)
    name = "partitioned_by_share" if progression is None else "partitioned_by_curve"
    return StructureLikelihood(name, by_patient, len(pfs.coefficients) + len(os.coefficients) + extra)


@dataclass(frozen=True, eq=False)
class _Implied:
    """Hazards that PFS and OS imply, at times of any shape."""

    pfs: Curve
    os: Curve
    progression: Curve | None
    share_progressing: float

    def death_before(self, time: Array) -> Array:
        """h_d, held between 0 and all deaths per progression-free patient."""
        whole = np.exp(_log_hazard(self.pfs, time))
        if self.progression is None:
            progressing = self.share_progressing * whole
        else:
            progressing = np.exp(_log_hazard(self.progression, time))
        all_deaths = np.exp(_log_hazard(self.os, time) - _cumulative(self.os, time) + _cumulative(self.pfs, time))
        return np.clip(whole - progressing, 0.0, all_deaths)

    def death_after(self, time: Array) -> Array:
        """h_2, between 0 and `_LARGEST_HAZARD`; written per progression-free patient, so that no digits are lost early."""
        apart = _cumulative(self.pfs, time) - _cumulative(self.os, time)  # log of S_OS / S_PFS
        deaths = np.exp(_log_hazard(self.os, time) + apart) - self.death_before(time)
        with np.errstate(divide="ignore", invalid="ignore"):
            hazard = deaths / np.expm1(apart)
        return np.clip(np.nan_to_num(hazard, nan=0.0, posinf=_LARGEST_HAZARD), 0.0, _LARGEST_HAZARD)


def _log_likelihood(
    patients: Patients, stays: Array, progresses: Array, dies_before: Array, stays_after: Array, dies_after: Array
) -> Array:
    """Each patient's sum of the logarithms that apply, (n,)."""

    def only(who: NDArray[np.bool_], value: Array) -> Array:
        return np.where(who, value, 0.0)

    return (
        stays
        + only(patients.died_before, dies_before)
        + only(patients.progressed, progresses)
        + only(patients.progressed, stays_after)
        + only(patients.died_after, dies_after)
    )


def _integral(implied: _Implied, start: Array, end: Array) -> Array:
    """Integral of h_2 from start to end (n,), by Gauss-Legendre in panels that are even in log time."""
    edges = np.exp(np.linspace(np.log(start), np.log(np.maximum(end, start)), _PANELS + 1, axis=-1))
    middle, half = (edges[:, 1:] + edges[:, :-1]) / 2, (edges[:, 1:] - edges[:, :-1]) / 2
    time = middle[..., None] + half[..., None] * _NODES
    return np.asarray(np.sum(implied.death_after(time) @ _WEIGHTS * half, axis=-1))


def _cumulative(curve: Curve, time: Array) -> Array:
    return curve.distribution.cumulative_hazard(time, curve.coefficients)


def _log_hazard(curve: Curve, time: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.log(curve.distribution.hazard(time, curve.coefficients))
