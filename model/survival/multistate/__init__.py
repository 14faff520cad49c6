"""Three states, progression-free, progressed and dead: how they come about from curves, and from patients."""

from model.survival.multistate.calibration_to_os import PublishedOS, calibrate_to_os, response
from model.survival.multistate.likelihood import (
    STRUCTURES,
    StructureLikelihood,
    fit_endpoints,
    partitioned_survival,
    state_transition,
    structure_likelihoods,
)
from model.survival.multistate.links import LINKS, Link, factor_for_hazard_ratio
from model.survival.multistate.occupancy import (
    Occupancy,
    SinceProgression,
    clock_forward,
    clock_reset,
    since_progression,
    with_os_of,
)
from model.survival.multistate.overall_survival import OverallSurvival
from model.survival.multistate.patients import ENDPOINTS, Patients, patients
from model.survival.multistate.post_progression import (
    AFTER_PROGRESSION,
    family_after_progression,
    hazard_after_progression,
    middle_of_steps,
)
from model.survival.multistate.transitions import LEAVING_RULES, Leaving, leave, leave_by_cause

__all__ = [
    "AFTER_PROGRESSION",
    "ENDPOINTS",
    "LEAVING_RULES",
    "LINKS",
    "STRUCTURES",
    "Leaving",
    "Link",
    "Occupancy",
    "OverallSurvival",
    "Patients",
    "PublishedOS",
    "SinceProgression",
    "StructureLikelihood",
    "calibrate_to_os",
    "clock_forward",
    "clock_reset",
    "factor_for_hazard_ratio",
    "family_after_progression",
    "fit_endpoints",
    "hazard_after_progression",
    "leave",
    "leave_by_cause",
    "middle_of_steps",
    "partitioned_survival",
    "patients",
    "response",
    "since_progression",
    "state_transition",
    "structure_likelihoods",
    "with_os_of",
]
