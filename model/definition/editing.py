"""An edited copy of a definition: what ``--set``, a scenario and a script change, by address."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from typing import Any

from model.definition.addresses import Location, addresses, addresses_of_table, coerce
from model.definition.checks.all_checks import problems_apart_from_scenarios
from model.definition.currency import with_currency
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError, Problem
from model.definition.records.parameters import Parameter
from model.definition.records.settings import ALLOW


def edit(definition: ModelDefinition, changes: Mapping[str, Any]) -> ModelDefinition:
    """A copy of the definition with some inputs changed.

    A changed parameter keeps its distribution where the new value allows it and is fixed otherwise.
    Raises :class:`DefinitionError` with one problem per change that is not possible.

    >>> import model
    >>> cheaper = model.edit(model.example(), {"care.new_drug": 600, "settings.horizon_years": 5})
    >>> cheaper.parameters["care.new_drug"].value, cheaper.settings.horizon_years
    (600.0, 5.0)
    >>> model.edit(cheaper, {"care.new_drgu": 1})
    Traceback (most recent call last):
        ...
    model.definition.problems.DefinitionError: there is no input 'care.new_drgu'; did you mean 'care.new_drug'?
    """
    result = changed(definition, changes)
    problems = problems_apart_from_scenarios(result)
    if problems:
        raise DefinitionError(problems)
    return result


def changed(definition: ModelDefinition, changes: Mapping[str, Any]) -> ModelDefinition:
    """A copy with some inputs changed, each to what its own cell takes; what they need of one another is not looked at.
    Raises :class:`DefinitionError` with one problem per input that is none, or value that its input does not take."""
    problems, result = [], definition
    for address, value in changes.items():
        place = addresses_of_table(definition, str(address).split(".")[0]).get(address)
        if place is None:
            suggestion = _suggestion(str(address), addresses(definition))
            problems.append(Problem("", None, "", f"there is no input '{address}'{suggestion}"))
            continue
        try:
            result = _put(result, place, coerce(place.column, value))
        except ValueError as error:
            problems.append(Problem(place.table, place.position, place.field, f"{address}: {error}"))
    if problems:
        raise DefinitionError(problems)
    return result


def edit_for_scenario(definition: ModelDefinition, changes: Mapping[str, Any]) -> ModelDefinition:
    """The definition that a scenario stands for, of which a base case is run and no draws: structure is certain in it. A
    curve that the data do not determine may be part of a scenario (its result then carries a warning), not of the base case;
    raises as :func:`edit`."""
    of_base_case = {"settings.undetermined_curves": ALLOW, "settings.state_transition_probability": 0.0}
    return edit(definition.with_own_draws(), {**of_base_case, **changes})


def edit_unchecked(definition: ModelDefinition, changes: Mapping[str, Any]) -> ModelDefinition:
    """A copy with some inputs changed and nothing checked, also to what a workbook may not hold: for what is evaluated
    only, such as tests of the calculation at extreme values. KeyError for an unknown address."""
    for address, value in changes.items():
        definition = _put(definition, addresses_of_table(definition, address.split(".")[0])[address], value)
    return definition


def _suggestion(address: str, known: Mapping[str, Location]) -> str:
    close = difflib.get_close_matches(address.casefold(), known, n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def _put(definition: ModelDefinition, place: Location, value: Any) -> ModelDefinition:
    if place.table == "settings" and place.field == "currency":
        return with_currency(definition, value)
    if place.table == "settings":
        settings = dataclasses.replace(definition.settings, **{place.field: value})
        return dataclasses.replace(definition, settings=settings)
    records = list(definition.table(place.table))
    record = records[place.position]
    if place.inside_block:
        old = getattr(record, place.inside_block)
        new = with_value(old, value) if place.field == "value" else dataclasses.replace(old, **{place.field: value})
        records[place.position] = dataclasses.replace(record, **{place.inside_block: new})
    else:
        records[place.position] = dataclasses.replace(record, **{place.field: value})
    changed: dict[str, Any] = {place.table: tuple(records)}
    return dataclasses.replace(definition, **changed)


def with_value(parameter: Parameter, value: float) -> Parameter:
    """The parameter at another value: the same uncertainty where that is possible, else fixed."""
    if parameter.distribution == "lognormal_ratio" and value > 0:
        spread = parameter.log_standard_error()
        return dataclasses.replace(parameter, value=value, standard_error=spread * value, low=None, high=None)
    changed = dataclasses.replace(parameter, value=value)
    if not changed.problem():
        return changed
    without_range = dataclasses.replace(changed, low=None, high=None)
    if not without_range.problem():
        return without_range
    return dataclasses.replace(without_range, distribution="fixed")
