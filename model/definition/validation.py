"""A definition is complete and valid, or it does not exist: every problem is named, also of scenarios and subgroups."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from model.definition.addresses import addresses, addresses_of_table
from model.definition.checks.all_checks import problems_apart_from_scenarios
from model.definition.checks.correlations import correlated_inputs_vary
from model.definition.checks.records import references_exist
from model.definition.editing import changed, edit_for_scenario
from model.definition.model_definition import TABLES, ModelDefinition
from model.definition.problems import DefinitionError, Problem


def validate(definition: ModelDefinition) -> list[Problem]:
    """Every problem of a definition, its scenarios and subgroups, in the order of the tables; empty when it can be run."""
    problems = problems_apart_from_scenarios(definition)
    if not problems:
        problems += correlated_inputs_vary(definition)
    problems += list(_changes_work(definition, problems))
    order = {name: i for i, name in enumerate(TABLES)}
    return sorted(problems, key=lambda p: (order.get(p.table, -1), p.position or 0))


def _changes_work(d: ModelDefinition, known: Sequence[Problem]) -> Iterator[Problem]:
    """What is wrong with a scenario or a subgroup that is not wrong without it (``known``)."""
    inputs = addresses(d) if not known and (d.scenarios or d.subgroup_changes) else {}
    for table, all_changes, keys in (
        ("scenarios", d.scenario_changes(), [(row.id, row.input) for row in d.scenarios]),
        ("subgroup_changes", d.changes_in_subgroups(), [(row.subgroup, row.input) for row in d.subgroup_changes]),
    ):
        for name, changes in all_changes.items():
            rows = {address: position for position, (own, address) in enumerate(keys) if own == name}
            for position, field, message in _changes_fail(d, changes, rows, inputs, known):
                yield Problem(table, position, field, message)


def _changes_fail(
    d: ModelDefinition, changes: Mapping[str, Any], rows: Mapping[str, int], inputs: Container[str], known: Sequence[Problem]
) -> Iterator[tuple[int, str, str]]:
    """Position (``rows``: by address), field and message of what makes one set of changes impossible."""
    alone_fine = True
    for address, value in changes.items():
        if len(changes) > 1 and address in inputs:
            continue  # judged together with the others
        problem = _why_not(d, {address: value}, known)
        if problem and (not problem.table or len(changes) == 1):
            alone_fine = False
            yield _told(d, problem, rows)
    problem = _why_not(d, changes, known) if alone_fine and len(changes) > 1 else None
    if problem:
        yield _told(d, problem, rows)


def _told(d: ModelDefinition, problem: Problem, rows: Mapping[str, int]) -> tuple[int, str, str]:
    """Where a change stands that brings a problem, and what is said of it: of the value where the problem is what it sets."""
    for address, position in rows.items():
        place = addresses_of_table(d, address.split(".")[0]).get(address)
        if place is None and f"'{address}'" in problem.message:  # there is no such input
            return position, "input", problem.message
        if place and (place.table, place.position, place.field) == (problem.table, problem.position, problem.field):
            return position, "value", problem.message.removeprefix(f"{address}: ")
    return min(rows.values()), "input", str(problem)


def _why_not(definition: ModelDefinition, changes: Mapping[str, Any], known: Sequence[Problem]) -> Problem | None:
    """Why a set of changes is not possible, or None; what stands in the places of ``known`` follows from them. While an id
    is one of nothing, values are judged by their own cells alone: what they need of others follows from it."""
    ids_known = all(p.field == "source" for p in references_exist(definition)) if known else True
    try:
        (edit_for_scenario if ids_known else changed)(definition, changes)
    except DefinitionError as error:
        places = {(p.table, p.position, p.field) for p in known}
        new = [p for p in error.problems if (p.table, p.position, p.field) not in places]
        return new[0] if new else None
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        if not known:  # a value of the wrong type, already reported, may stop a later check
            raise
    return None
