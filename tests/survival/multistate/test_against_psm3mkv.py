"""Fits, likelihoods and occupancies of the three structures against psm3mkv 0.3.2 (Muston 2024) on the same patients.

tests/reference/structures.json: fits within 1e-4 in log-likelihood or higher, likelihood of each structure within 1e-3,
occupancies within 1e-4 with the same parameters.
"""

import functools
import json

import numpy as np
import pytest

from model.survival import distribution
from model.survival.multistate import (
    clock_forward,
    clock_reset,
    fit_endpoints,
    leave_by_cause,
    patients,
    structure_likelihoods,
)
from tests.helpers.reference_trial import ARMS, REFERENCE, rows

NAMES = {
    "exp": "exponential",
    "weibullPH": "weibull",
    "llogis": "loglogistic",
    "lnorm": "lognormal",
    "gamma": "gamma",
    "gompertz": "gompertz",
}
ENDPOINTS = {
    "ttp": "progression",
    "ppd": "death_before",
    "pfs": "pfs",
    "os": "os",
    "pps_cf": "after_forward",
    "pps_cr": "after_reset",
}
STRUCTURES = {
    "psm_simple": "partitioned_by_share",
    "psm_complex": "partitioned_by_curve",
    "stm_cf": "clock_forward",
    "stm_cr": "clock_reset",
}
CHOSEN = {endpoint: "exponential" if endpoint == "death_before" else "weibull" for endpoint in ENDPOINTS.values()}
NOT_CONVERGED = ("control", "ppd", "llogis")  # psm3mkv's own fit ended 51 below the maximum
CASES = [(arm, fit) for arm, made in json.loads((REFERENCE / "structures.json").read_text()).items() for fit in made["fits"]]


@functools.cache
def reference(arm):
    return json.loads((REFERENCE / "structures.json").read_text())[arm]


@functools.cache
def trial(arm):
    mine = [r for r in rows() if r["arm"] == arm]
    return patients(
        [float(r["pfs_time"]) for r in mine],
        [int(r["pfs_event"]) for r in mine],
        [float(r["os_time"]) for r in mine],
        [int(r["os_event"]) for r in mine],
    )


@functools.cache
def fitted(arm, endpoint, name):
    return fit_endpoints(trial(arm), {endpoint: name})[endpoint]


@pytest.mark.parametrize(("arm", "fit"), CASES, ids=lambda x: x if isinstance(x, str) else f"{x['endpoint']}-{x['dist']}")
def test_every_endpoint_is_fitted_as_well_or_better(arm, fit):
    ours = fitted(arm, ENDPOINTS[fit["endpoint"]], NAMES[fit["dist"]])
    assert (ours.n, ours.n_events) == (fit["n"], fit["events"])
    assert ours.log_likelihood > fit["loglik"] - 1e-4
    if (arm, fit["endpoint"], fit["dist"]) != NOT_CONVERGED:
        assert ours.log_likelihood < fit["loglik"] + 1e-3  # flexsurv ends up to 8.6e-4 below the maximum


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("structure", STRUCTURES)
def test_each_structure_has_the_same_likelihood(arm, structure):
    curves = {endpoint: fitted(arm, endpoint, name) for endpoint, name in CHOSEN.items()}
    ours = structure_likelihoods(trial(arm), curves)[STRUCTURES[structure]]
    theirs = reference(arm)["likelihoods"][structure]
    assert ours.log_likelihood == pytest.approx(theirs["loglik"], abs=1e-3)
    assert (ours.n_parameters, len(ours.by_patient)) == (theirs["npar"], theirs["patients"])


@pytest.mark.parametrize("arm", ARMS)
def test_the_same_parameters_give_the_same_occupancies(arm):
    fits = {(f["endpoint"], f["dist"]): f for f in reference(arm)["fits"]}
    months = np.arange(0, 2401) / 10.0

    def hazard(endpoint):
        if endpoint == "ppd":
            return distribution("exponential").cumulative_hazard(months, [fits["ppd", "exp"]["p1"]])[None]
        fit = fits[endpoint, "weibullPH"]  # H = scale t^shape
        return distribution("weibull").cumulative_hazard(months, [fit["p1"], fit["p2"] ** (-1 / fit["p1"])])[None]

    leaving = leave_by_cause(hazard("ttp"), hazard("ppd"))
    reset, forward = clock_reset(leaving, hazard("pps_cr")), clock_forward(leaving, hazard("pps_cf"))
    for row in reference(arm)["occupancy"]:
        i = round(row["time"] * 10)
        ours = {
            "pf_stm": leaving.progression_free,
            "pd_cr": reset.progressed,
            "os_cr": reset.alive,
            "pd_cf": forward.progressed,
            "os_cf": forward.alive,
            "pf_psm": np.exp(-hazard("pfs")),
            "os_psm": np.exp(-hazard("os")),
        }
        assert {k: v[0, i] for k, v in ours.items()} == pytest.approx({k: row[k] for k in ours}, abs=1e-4)
