"""Every check of a definition, in the order in which problems are told. Nothing downstream checks again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from model.definition.checks.agency import shortfall_can_be_calculated, stepped_results_have_a_trial_period
from model.definition.checks.budget import budget_is_complete
from model.definition.checks.correlations import correlations_are_possible
from model.definition.checks.currency import currency_is_a_code_or_sign
from model.definition.checks.curves import (
    coefficients_are_complete,
    curves_are_complete,
    evidence_is_consistent,
    follow_up_is_possible,
)
from model.definition.checks.input_draws import draws_elsewhere_fit
from model.definition.checks.population import arms_and_settings, horizon_holds_a_cycle, population_tables
from model.definition.checks.price_index import price_years_have_an_index
from model.definition.checks.prices import price_changes_are_possible
from model.definition.checks.records import (
    keys_are_unique,
    names_are_different,
    parameters_are_possible,
    records_are_in_bounds,
    references_exist,
    settings_are_in_bounds,
)
from model.definition.checks.state_transition import (
    other_structure_can_be_drawn,
    states_can_be_linked,
    survival_after_progression_is_known,
)
from model.definition.checks.states import patients_start_in_states, states_are_possible, structure_knows_the_states
from model.definition.checks.survival_data import curves_can_be_made, survival_data_is_possible
from model.definition.checks.treatment import (
    care_is_complete,
    drugs_are_complete,
    end_of_life_is_complete,
    health_is_complete,
)
from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.shares import subgroups_make_the_whole

CHECKS: tuple[Callable[[ModelDefinition], Iterator[Problem]], ...] = (
    settings_are_in_bounds,  # first: a value of the wrong type or size may stop a later check
    records_are_in_bounds,
    keys_are_unique,
    names_are_different,
    references_exist,
    parameters_are_possible,
    arms_and_settings,
    horizon_holds_a_cycle,
    currency_is_a_code_or_sign,
    states_are_possible,
    patients_start_in_states,
    structure_knows_the_states,
    curves_are_complete,
    evidence_is_consistent,
    follow_up_is_possible,
    coefficients_are_complete,
    survival_data_is_possible,
    states_can_be_linked,
    health_is_complete,
    drugs_are_complete,
    price_changes_are_possible,
    price_years_have_an_index,
    care_is_complete,
    end_of_life_is_complete,
    population_tables,
    budget_is_complete,
    correlations_are_possible,
    shortfall_can_be_calculated,
    stepped_results_have_a_trial_period,
    subgroups_make_the_whole,
)

CURVES_COME_FROM = frozenset(
    {
        "",
        "settings",
        "population",
        "arms",
        "regimens",
        "states",
        "state_shares",
        "curves",
        "relative_effects",
        "evidence",
        "follow_up",
        "coefficients",
        "covariance",
        "model_weights",
        "patient_data",
        "digitised_sources",
        "digitised",
        "numbers_at_risk",
        "survival_tables",
        "life_table",
    }
)
"""Tables in which a problem may be the reason why a curve cannot be made."""


def problems_apart_from_scenarios(definition: ModelDefinition) -> list[Problem]:
    """The problems of the definition itself (a scenario is an edit, checked by this once it is made)."""
    problems: list[Problem] = []
    for check in CHECKS:
        try:
            with np.errstate(all="ignore" if problems else None):
                problems += check(definition)
        except (TypeError, ValueError, AttributeError, ArithmeticError):
            if not problems:  # a value of the wrong type or size, already reported, may stop a later check
                raise
    if not any(problem.table in CURVES_COME_FROM for problem in problems):
        problems += curves_can_be_made(definition)
        problems += survival_after_progression_is_known(definition) if not problems else ()
        problems += other_structure_can_be_drawn(definition) if not problems else ()
        problems += draws_elsewhere_fit(definition) if not problems else ()
    return problems
