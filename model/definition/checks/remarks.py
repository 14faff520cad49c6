"""What is allowed and yet worth a question: remarks that are printed and stand on the sheet Checks, and stop nothing.

A problem (:mod:`model.definition.validation`) says that a model cannot be run. A remark says that a number is unusual, or
that a convention of the model acts on these inputs in a way that is easily missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from model.definition.checks.agency import groups_are_the_patients
from model.definition.checks.records import cells_of
from model.definition.checks.remarks_on_costs import (
    budget_leaves_out,
    price_changes_beyond_the_horizon,
    society_without_costs,
)
from model.definition.checks.remarks_on_curves import (
    averages_without_an_answer,
    curves_without_uncertainty,
    life_table_is_closed,
    published_curves_that_disagree,
    waning_of_os_by_states,
)
from model.definition.checks.remarks_on_utilities import (
    losses_from_time_zero,
    losses_without_a_duration,
    progressed_above_progression_free,
)
from model.definition.limitations import asked_first, numbered
from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.profiles import PROFILES, departures, thresholds_hold
from model.definition.records.columns import columns_of
from model.definition.records.settings import Settings

MOST_OF_A_COLUMN = 3  # remarks on one column that are told one by one
HORIZON_DIFFERENCE = 0.01  # relative difference of the horizon counted from the horizon typed


def remarks(definition: ModelDefinition) -> list[Problem]:
    """Every remark on a valid definition, each with table, row and field, in the order of the tables."""
    return [remark for find in REMARKS for remark in find(definition)]


def unusual_values(d: ModelDefinition) -> Iterator[Problem]:
    """Numbers inside their limits and outside what is usual; many of one column are told as one."""
    for name, column in columns_of(Settings).items():
        if message := column.remark_on(getattr(d.settings, name)):
            yield Problem("settings", 0, name, message)
    found: dict[tuple[str, str], list[Problem]] = {}
    for table, position, record in d.records():
        for field, column, value in cells_of(record):
            if message := column.remark_on(value):
                found.setdefault((table, field), []).append(Problem(table, position, field, message))
    for together in found.values():
        yield from together[:MOST_OF_A_COLUMN]
        if len(together) > MOST_OF_A_COLUMN:
            more = len(together) - MOST_OF_A_COLUMN
            first = together[MOST_OF_A_COLUMN]
            yield Problem(first.table, first.position, first.field, f"and {more} more of this column that are unusual")


def horizon_in_use(d: ModelDefinition) -> Iterator[Problem]:
    """A horizon that is no whole number of cycles is rounded to one."""
    typed, cycle = d.settings.horizon_years * d.settings.days_per_year, d.settings.cycle_days
    counted = d.settings.n_cycles * cycle
    if abs(counted - typed) > HORIZON_DIFFERENCE * typed:
        message = (
            f"{d.settings.horizon_years:g} years are no whole number of cycles of {cycle:g} days: "
            f"{counted / d.settings.days_per_year:.3g} years are counted, the nearest whole number"
        )
        yield Problem("settings", 0, "horizon_years", message)


def limitations_shown_first(d: ModelDefinition) -> Iterator[Problem]:
    """An entry that names no limitation is left out of the first page."""
    known = numbered(d.about.limitations)
    wrong = [e for e in asked_first(d.about) if not (e.isdecimal() and int(e) in known)] if d.about.first_limitations else []
    if wrong:
        numbers = f"1 to {len(known)}" if known else "none: no limitation is typed"
        message = f"{', '.join(repr(e) for e in wrong)} names no limitation and is left out; the numbers are {numbers}"
        yield Problem("about", 0, "first_limitations", message)


def departures_from_profile(d: ModelDefinition) -> Iterator[Problem]:
    """Inputs that are not what the agency profile sets."""
    for found in departures(d):
        yield Problem(found.table, found.position, found.field, found.message(PROFILES[d.settings.profile]))
    profile = PROFILES[d.settings.profile]
    if profile.thresholds and not thresholds_hold(d, profile):
        message = (
            f"the thresholds of the profile {profile.words} are amounts in {profile.currency}, the model counts in "
            f"{d.settings.currency}: none of them was set, and the decision thresholds are those of the workbook"
        )
        yield Problem("settings", 0, "profile", message)


REMARKS: tuple[Callable[[ModelDefinition], Iterator[Problem]], ...] = (
    unusual_values,
    horizon_in_use,
    progressed_above_progression_free,
    life_table_is_closed,
    published_curves_that_disagree,
    curves_without_uncertainty,
    averages_without_an_answer,
    waning_of_os_by_states,
    price_changes_beyond_the_horizon,
    limitations_shown_first,
    departures_from_profile,
    budget_leaves_out,
    society_without_costs,
    losses_without_a_duration,
    losses_from_time_zero,
    groups_are_the_patients,
)
