"""Checks of a whole definition. Every problem is found and named; nothing downstream checks again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from model.definition.checks.correlations import correlated_inputs_vary, correlations_are_possible
from model.definition.checks.curves import coefficients_are_complete, curves_are_complete, evidence_is_consistent
from model.definition.checks.population import arms_and_settings, horizon_holds_a_cycle, population_tables
from model.definition.checks.records import (
    keys_are_unique,
    names_are_different,
    parameters_are_possible,
    records_are_in_bounds,
    references_exist,
    settings_are_in_bounds,
)
from model.definition.checks.survival_data import curves_can_be_made, survival_data_is_possible
from model.definition.checks.treatment import care_is_complete, drugs_are_complete, health_is_complete
from model.definition.checks.words import currency_is_a_code_or_sign
from model.definition.doses import dose_days
from model.definition.model_definition import TABLES, ModelDefinition
from model.definition.problems import DefinitionError, Problem

__all__ = ["DefinitionError", "Problem", "define", "dose_days", "problems_apart_from_scenarios", "validate"]

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
    curves_are_complete,
    evidence_is_consistent,
    coefficients_are_complete,
    survival_data_is_possible,
    health_is_complete,
    drugs_are_complete,
    care_is_complete,
    population_tables,
    correlations_are_possible,
)

CURVES_COME_FROM = frozenset(
    {
        "",
        "settings",
        "population",
        "arms",
        "regimens",
        "curves",
        "relative_effects",
        "evidence",
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


def define(**tables: Any) -> ModelDefinition:
    """Make a definition from its tables; raises :class:`DefinitionError` with every problem found."""
    definition = ModelDefinition(**tables)
    problems = validate(definition)
    if problems:
        raise DefinitionError(problems)
    return definition


def validate(definition: ModelDefinition) -> list[Problem]:
    """Every problem of a definition and its scenarios, in the order of the tables; empty when it can be run."""
    problems = problems_apart_from_scenarios(definition)
    if not problems:
        problems += correlated_inputs_vary(definition)
    problems += list(_scenarios_work(definition, problems))
    order = {name: i for i, name in enumerate(TABLES)}
    return sorted(problems, key=lambda p: (order.get(p.table, -1), p.position or 0))


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
    return problems


def _scenarios_work(d: ModelDefinition, known: Sequence[Problem]) -> Iterator[Problem]:
    """What is wrong with a scenario that is not wrong without it (``known``)."""
    first = {row.id: position for position, row in reversed(list(enumerate(d.scenarios)))}
    rows = {(row.id, row.input): position for position, row in enumerate(d.scenarios)}
    for scenario, changes in d.scenario_changes().items():
        alone_fine = True
        for address, value in changes.items():
            message = _why_not(d, {address: value}, known)
            if message and ("there is no input" in message or len(changes) == 1):
                alone_fine = False
                yield Problem("scenarios", rows[scenario, address], "input", message)
        message = _why_not(d, changes, known) if alone_fine and len(changes) > 1 else None
        if message:
            yield Problem("scenarios", first[scenario], "input", message)


def _why_not(definition: ModelDefinition, changes: Mapping[str, Any], known: Sequence[Problem]) -> str | None:
    """Why a scenario's set of changes is not possible, or None; what stands in the places of ``known`` follows from them."""
    # an edit is checked by this module, so it can only be looked up when needed
    from model.definition.addresses import edit_for_scenario

    try:
        edit_for_scenario(definition, changes)
    except DefinitionError as error:
        places = {(p.table, p.position, p.field) for p in known}
        new = [p for p in error.problems if (p.table, p.position, p.field) not in places]
        return str(new[0]) if new else None
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        if not known:  # a value of the wrong type, already reported, may stop a later check
            raise
    return None
