"""Checks of utilities, adverse events, drugs, care and treatment after progression."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from model.definition.doses import MANY_COMBINATIONS, dose_days, vial_combinations
from model.definition.model_definition import ModelDefinition
from model.definition.problems import Problem
from model.definition.records.care import ACCRUING, ANY_STATE, Care
from model.definition.records.columns import Column
from model.definition.records.health import ON_TREATMENT, Utility
from model.definition.records.settings import BY_DEATH_SHARE
from model.definition.shares import is_share, shares_sum_to_one
from model.definition.utility_periods import rows_of

SAME_MONTH = 1e-9
NEVER_NEGATIVE = Column("Value", "number", "", minimum=0.0)


def health_is_complete(d: ModelDefinition) -> Iterator[Problem]:
    living = [state.id for state in d.living_states]
    strange = any(row.state not in (*living, ON_TREATMENT) for row in d.utilities)  # told where it stands
    for state in living if d.states or not strange else ():
        yield from _utility_is_known(d, state)
    for position, row in enumerate(d.utilities):
        if row.state == ON_TREATMENT and row.drug is None:
            yield Problem("utilities", position, "drug", "is empty; a change on treatment needs its drug")
        if (row.given_as == "increment") != (row.state == ON_TREATMENT):
            yield Problem("utilities", position, "given_as", "an increment is for on_treatment, and only an increment is")
        if row.given_as == "decrement" and (problem := row.parameter.support_problem(NEVER_NEGATIVE)):
            yield Problem("utilities", position, "distribution", problem)
        if row.given_as == "decrement" and (row.state in (living[0], ON_TREATMENT) or row.parameter.value < 0):
            which = "state progressed" if not d.states else "states after the first"
            yield Problem("utilities", position, "given_as", f"a decrement is for the {which}, and never negative")
        if row.until_month is not None and not row.until_month > (row.from_month or 0.0):
            message = f"{row.until_month:g} is not after the first month, {row.from_month or 0.0:g}"
            yield Problem("utilities", position, "until_month", message)
    given = {(p.event, p.arm) for p in d.event_probabilities}
    for position, event in enumerate(d.adverse_events):
        for arm in d.arms:
            if (event.id, arm.id) not in given:
                yield Problem("adverse_events", position, "id", f"has no probability for arm '{arm.id}'")


def _utility_is_known(d: ModelDefinition, state: str) -> Iterator[Problem]:
    """In each arm at each time one row of the utilities holds in a state."""
    at = {row.id: i for i, row in enumerate(d.utilities)}
    first = next((i for i, row in enumerate(d.utilities) if row.state == state), None)
    told: set[tuple[str, ...]] = set()
    for arm in d.arm_ids:
        rows = rows_of(d, state, arm)
        names = tuple(row.id for row in rows)
        if names in told or any(row.until_month is not None and row.until_month <= (row.from_month or 0.0) for row in rows):
            continue  # rows for all arms are told of once; a row that ends before it begins where it stands
        told.add(names)
        if not rows or (len(rows) > 1 and not any(row.limited for row in rows)):
            of_arm = f" is needed in arm '{arm}'" if first is not None and (not rows or rows[0].arm) else " is needed"
            field = "state" if first is not None else ""
            yield Problem("utilities", first, field, f"exactly one utility of the state '{state}'{of_arm}")
        else:
            yield from (Problem("utilities", at[row.id], field, message) for row, field, message in _gaps(d, rows))


def _gaps(d: ModelDefinition, rows: list[Utility]) -> Iterator[tuple[Utility, str, str]]:
    """Where rows in the order of time leave a time out, or hold at the same time: row, field, message."""
    if rows[0].from_month:
        yield rows[0], "from_month", f"no utility of the state '{rows[0].state}' holds before month {rows[0].from_month:g}"
    for row, later in pairwise(rows):
        begins, ends = later.from_month or 0.0, row.until_month
        if ends is None or ends > begins + SAME_MONTH:
            yield later, "from_month", f"from month {begins:g} on '{row.id}' holds as well; give its Until month"
        elif ends < begins - SAME_MONTH:
            yield later, "from_month", f"no utility of the state '{row.state}' holds from month {ends:g} to {begins:g}"
    ends, horizon = rows[-1].until_month, d.settings.n_cycles * d.settings.cycle_days / d.settings.days_per_month
    if ends is not None and ends < horizon - SAME_MONTH:
        yield rows[-1], "until_month", f"no utility of the state '{rows[-1].state}' holds from month {ends:g} on"


def drugs_are_complete(d: ModelDefinition) -> Iterator[Problem]:
    with_price = {p.drug for p in d.products}
    for position, drug in enumerate(d.drugs):
        if drug.id not in with_price:
            yield Problem("drugs", position, "id", f"drug '{drug.id}' has no price in the table of products")
        if vial_combinations(d, drug) > MANY_COMBINATIONS:
            yield Problem("drugs", position, "dose", "its vials can be combined in too many ways; leave out the smallest")
        days = dose_days(drug.dose_days)
        if len(set(days)) < len(days):
            yield Problem("drugs", position, "dose_days", f"'{drug.dose_days}' names a day twice")
        if not days or max(days) > drug.schedule_days:
            yield Problem(
                "drugs", position, "dose_days", f"'{drug.dose_days}' is not a list of days from 1 to {drug.schedule_days:g}"
            )
    regimens = {(r.arm, r.drug) for r in d.regimens}
    for position, regimen in enumerate(d.regimens):
        if regimen.until == "own_curve" and d.curve(regimen.arm, regimen.endpoint) is None:
            yield Problem(
                "regimens",
                position,
                "until" if regimen.own_curve is None else "own_curve",
                f"needs a curve for arm '{regimen.arm}' and endpoint '{regimen.endpoint}' on the sheet Survival",
            )
    for position, row in enumerate(d.treatment):
        if (row.arm, row.drug) not in regimens:
            yield Problem("treatment", position, "drug", f"arm '{row.arm}' does not use the drug '{row.drug}'")
    for group in {row.id for row in d.administration}:
        occasions = {row.occasion for row in d.administration if row.id == group}
        if occasions not in ({"every"}, {"first", "later"}):
            position = next(i for i, row in enumerate(d.administration) if row.id == group)
            yield Problem("administration", position, "occasion", "give one row 'every', or two rows 'first' and 'later'")


def _days_of_care(position: int, row: Care) -> Iterator[Problem]:
    """First and last day of a cost that recurs."""
    begins, ends = row.from_day, row.until_day
    if begins is not None and row.frequency not in ACCRUING:
        where = "the column First on day says when visits begin" if row.frequency == "every_days" else "'once' has no days"
        yield Problem("care", position, "from_day", f"is for a cost that accrues; {where}")
    if ends is not None and row.frequency == "once":
        yield Problem("care", position, "until_day", "is for a cost that recurs, not for 'once'")
    if ends is not None and not ends > (begins or 0.0):
        yield Problem("care", position, "until_day", f"{ends:g} is not after the first day, {begins or 0.0:g}")


def end_of_life_is_complete(d: ModelDefinition) -> Iterator[Problem]:
    """Deaths in a state by the death share need that share."""
    by_share = d.settings.deaths_by_state == BY_DEATH_SHARE
    for position, item in enumerate(d.end_of_life):
        if by_share and item.state != ANY_STATE:
            lacking = [a.id for a in d.arms if d.progression_row("death_share", a.id) is None]
            if lacking:
                message = (
                    f"'{item.state}' asks for deaths by state, which the setting 'Deaths by state' takes from the row "
                    f"death_share of the table Progression; arm '{lacking[0]}' has none"
                )
                yield Problem("end_of_life", position, "state", message)


def care_is_complete(d: ModelDefinition) -> Iterator[Problem]:
    for position, row in enumerate(d.care):
        once = row.during in ("at_start", "at_progression")
        if row.during == "on_treatment" and row.drug is None:
            yield Problem("care", position, "drug", "is empty; a cost on treatment needs its drug")
        if row.frequency == "every_days" and row.interval_days is None:
            yield Problem("care", position, "interval_days", "is empty; every_days needs the number of days")
        if once != (row.frequency == "once") and row.during != "on_treatment":
            yield Problem("care", position, "frequency", "'once' belongs to at_start, at_progression and on_treatment")
        yield from _days_of_care(position, row)
    durations = {(r.drug, r.arm) for r in d.subsequent if r.item == "duration_months"}
    for position, after in enumerate(d.subsequent):
        if is_share(after) and not durations & {(after.drug, after.arm), (after.drug, None)}:
            yield Problem("subsequent", position, "drug", f"'{after.drug}' has no row duration_months")
    yield from shares_sum_to_one(d)
