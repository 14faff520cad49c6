"""Checks of the states that a definition lists: their order, their names, and what knows three states alone."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.records.care import CARE_WHILE
from model.definition.records.health import UTILITY_STATES
from model.definition.records.population import PROGRESSED_AT_START
from model.definition.records.states import DEAD, REGION_LABELS, REGIONS, WHOLE, StateShare
from model.definition.structure import by_states, structure_is_uncertain

CURVE_NAMES = ("start", "treated", "progressing", "alive", DEAD)
"""Words by which the engine knows other shares of patients."""
RESERVED = frozenset({*CARE_WHILE, *UTILITY_STATES, *CURVE_NAMES}) - REGIONS.keys()


def states_are_possible(d: ModelDefinition) -> Iterator[Problem]:
    """States divide those alive by curves that stand in order, each with a name of its own."""
    if not d.states:
        return
    endpoints = [state.endpoint for state in d.states]
    if "pfs" not in endpoints or endpoints[-1] != "os":
        words = "the states must be listed from the lowest curve to the highest: pfs is among them, and os is the last"
        yield Problem("states", len(d.states) - 1, "endpoint", words)
        return
    taken = RESERVED | {drug.id for drug in d.drugs}
    bounds = dict(zip(endpoints, [None, *endpoints[:-1]], strict=True))
    ids: set[str] = set()
    for position, state in enumerate(d.states):
        if state.id in ids or state.id in taken:
            where = "is another state" if state.id in ids else "means something else in the model"
            yield Problem("states", position, "id", f"'{state.id}' {where}; give the state an id of its own")
        ids.add(state.id)
        if state.endpoint in endpoints[:position] or (d.drugs and state.endpoint in {drug.id for drug in d.drugs}):
            words = f"'{state.endpoint}' must be a curve that ends no other state and is not a drug's"
            yield Problem("states", position, "endpoint", words)
        region = WHOLE.get((bounds[state.endpoint], state.endpoint))
        if state.id in REGIONS and state.id != region:
            words = f"'{state.id}' means all patients {'before' if state.id == 'progression_free' else 'after'} progression, "
            yield Problem("states", position, "id", words + "who are not those of this state; give it another id")
        if state.label in REGION_LABELS.values() and state.label != REGION_LABELS.get(state.id):
            yield Problem("states", position, "label", f"'{state.label}' names other patients in the results")


def patients_start_in_states(d: ModelDefinition) -> Iterator[Problem]:
    """Shares of states at the start: some of the first state, and at most one whole in every draw."""
    if not d.state_shares:
        return
    for position, row in enumerate(d.population):
        if row.item == PROGRESSED_AT_START:
            words = "is told by the table Shares at the start of the sheet States; leave this row out"
            yield Problem("population", position, "item", words)
    listed = {state.id for state in d.living_states}
    for arm in (*d.arm_ids, None):
        rows = {i: row for i, row in enumerate(d.state_shares) if row.arm == arm}
        if rows and all(row.state in listed for row in rows.values()):  # one of no state is told by itself
            yield from _some_start_in_the_first(d, rows)


def _some_start_in_the_first(d: ModelDefinition, rows: dict[int, StateShare]) -> Iterator[Problem]:
    """Shares of one arm or of all arms, by their position."""
    first, last = d.living_states[0], max(rows)
    later = sum(row.parameter.value for row in rows.values() if row.state != first.id)
    if not later < 1:
        message = (
            f"the shares of states after '{first.id}' sum to {later:.10g}; they must be below 1, so that some start there"
        )
        yield Problem("state_shares", last, "value", message)
    uncertain = [i for i, row in rows.items() if row.parameter.uncertain]
    if uncertain and len(rows) > 1 and not any(row.state == first.id for row in rows.values()):
        message = (
            f"several shares of which one is uncertain must sum to 1 in every draw: give all as dirichlet, with a row of "
            f"'{first.id}'"
        )
        yield Problem("state_shares", uncertain[-1], "distribution", message)
    elif any(d.state_shares[i].parameter.distribution == "dirichlet" for i in uncertain) and len(rows) == 1:
        yield Problem("state_shares", last, "distribution", "one share alone is no group; give it as beta")


def structure_knows_the_states(d: ModelDefinition) -> Iterator[Problem]:
    """A state-transition model is one of three states, in which all start progression-free."""
    words = too_many_states(d)
    if words and by_states(d):
        yield Problem("settings", 0, "structure", words)
    if words and structure_is_uncertain(d):
        yield Problem("settings", 0, "state_transition_probability", words)


def too_many_states(d: ModelDefinition) -> str:
    """Why a definition can be no state-transition model, "" where its states do not forbid it."""
    if any(row.item == PROGRESSED_AT_START for row in d.population):
        return (
            "in the state-transition structure all patients start progression-free; the sheet Population has the row "
            f"{PROGRESSED_AT_START}"
        )
    if d.state_shares and d.states:
        return (
            "in the state-transition structure all patients start progression-free; the sheet States has the table Shares at "
            "the start"
        )
    if not d.further_endpoints:
        return ""
    return (
        "the state-transition structure has the states progression-free, progressed and dead; the sheet States divides them "
        f"further ({', '.join(d.further_endpoints)})"
    )
