"""What is allowed and yet worth a question: remarks that are printed and stand on the sheet Checks, and stop nothing.

A problem (:mod:`model.definition.validation`) says that a model cannot be run. A remark says that a number is unusual, or
that a convention of the model acts on these inputs in a way that is easily missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from model.definition.checks.agency import groups_are_the_patients
from model.definition.checks.population import end_of_life_table
from model.definition.checks.records import cells_of
from model.definition.checks.survival_data import at_published_row
from model.definition.curves.after_progression import has_own, pfs_behind, reference_arm
from model.definition.curves.from_data import reconstruction
from model.definition.limitations import asked_first, numbered
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.perspective import societal_labels
from model.definition.price_periods import SAME_TIME, first_day
from model.definition.problems import Problem
from model.definition.profiles import PROFILES, departures, thresholds_hold
from model.definition.records.budget import DEFAULTS, START_MONTH
from model.definition.records.columns import SOCIETAL, columns_of
from model.definition.records.curves import MODEL_AVERAGE, Curve
from model.definition.records.settings import PER_EVENT, Settings
from model.definition.sampling.dimensions import uncertain, varies
from model.definition.structure import by_states, structure_is_uncertain
from model.definition.utility_periods import utility_periods

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


def progressed_above_progression_free(d: ModelDefinition) -> Iterator[Problem]:
    """A level above the progression-free one is not what the model counts."""
    told = set()
    at = {row.id: i for i, row in enumerate(d.utilities)}
    for arm in d.arm_ids if not d.further_endpoints else ():
        for period in utility_periods(d, d.living_states[-1].id, arm):
            row, first = period.row, period.first
            if first is None or row.given_as != "utility" or row.id in told:
                continue
            free = first.parameter.value
            if row.parameter.value > free:
                told.add(row.id)
                message = (
                    f"{row.parameter.value:g} is above the progression-free utility, {free:g}: the progressed utility is "
                    f"held at or below it, so the model counts {free:g} (in draws, the lower of both)"
                )
                yield Problem("utilities", at[row.id], "value", message)


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


def life_table_is_closed(d: ModelDefinition) -> Iterator[Problem]:
    """The table ends inside the horizon with survivors, who die in the year after its last row."""
    closed = end_of_life_table(d)
    if closed is not None:
        last = d.life_table[closed[0]]
        message = (
            f"the table ends at age {last.age} with q = {last.qx_female:g}, and the horizon runs to age {closed[1]:g}: from "
            f"age {last.age + 1} on the model takes q = 1 (nobody survives)"
        )
        yield Problem("life_table", closed[0], "qx_female", message)


def published_curves_that_disagree(d: ModelDefinition) -> Iterator[Problem]:
    """Published figures of a digitised curve that do not go together, as its reconstruction found them."""
    for curve in d.curves:
        if curve.source == "digitised":
            for found in reconstruction(d, curve).disagreements:
                yield at_published_row(d, (curve.arm, curve.endpoint), found.table, found.row, found.message)


def curves_without_uncertainty(d: ModelDefinition) -> Iterator[Problem]:
    """Curves that are the same in every draw."""
    for curve in certain_curves(d):
        message = (
            f"the curve (from {curve.source}) has no uncertainty: it is the same in every draw of the probabilistic analysis"
        )
        yield Problem("curves", d.curves.index(curve), "source", message)


def certain_curves(d: ModelDefinition) -> list[Curve]:
    """The curves of PFS and OS that no draw changes: tables of survival, coefficients without error, effects without
    interval on such a curve. OS that follows from transitions changes with PFS and the OS that it is linked to, and where
    each draw takes a structure with that."""
    found = uncertain(d)
    varying = found.varying()
    moving = {(c.arm, c.endpoint) for c in d.curves if c.id in d.drawn_elsewhere}
    moving |= {(c.arm, c.endpoint) for c, made in found.curves.items() if varies(made)}
    moving |= {(c.arm, c.endpoint) for c in d.curves if _has_uncertain_row(c, varying)}
    result = []
    for curve in d.curves:
        acts = curve.source == "relative_effect" or curve.waning_start is not None
        borrowed = acts and (curve.reference_arm, curve.endpoint) in moving
        if curve.endpoint in ("pfs", "os") and (curve.arm, curve.endpoint) not in moving and not borrowed:
            result.append(curve)
    if structure_is_uncertain(d):
        return [curve for curve in result if curve.endpoint == "pfs"]
    if by_states(d):
        return [curve for curve in result if curve.endpoint == "pfs" or not _follows(d, curve.arm, result, varying)]
    return result


def _follows(d: ModelDefinition, arm: str, certain: list[Curve], varying: set[str]) -> bool:
    """Does OS of an arm that follows from transitions change with PFS, deaths before progression, or what it is linked to?"""
    arms = {arm} if has_own(d, arm) else {arm, reference_arm(d)}
    rows = [row for a in arms if (row := d.progression_row("death_share", a)) is not None]
    numbers = {address_of("progression", row) for row in rows}
    if d.settings.link_between_arms == "hazard_ratio" and not has_own(d, arm):
        numbers.add(f"relative_effects.{arm}.os")
    known = {(c.arm, c.endpoint) for c in certain}
    curves = {(a, "pfs") for a in arms} | {(a, "os") for a in arms if has_own(d, a)}
    return bool(numbers & varying) or not curves <= known


def _has_uncertain_row(curve: Curve, varying: set[str]) -> bool:
    place = f"{curve.arm}.{curve.endpoint}"
    if curve.source == "relative_effect":
        return f"relative_effects.{place}" in varying
    return curve.source == "coefficients" and any(name.startswith(f"coefficients.{place}.") for name in varying)


def waning_of_os_by_states(d: ModelDefinition) -> Iterator[Problem]:
    """Waning of an effect on OS where OS follows from transitions between states."""
    if not by_states(d) or structure_is_uncertain(d):
        return
    for position, curve in enumerate(d.curves):
        if curve.endpoint == "os" and (curve.waning_start is not None or curve.waning == "treatment_end"):
            message = "waning of OS is not used by a state-transition model: the link between arms says how an effect lasts"
            yield Problem("curves", position, "waning_start" if curve.waning_start is not None else "waning", message)


def price_changes_beyond_the_horizon(d: ModelDefinition) -> Iterator[Problem]:
    """Changes of prices that apply and that no dose of the model meets."""
    end = d.settings.n_cycles * d.settings.cycle_days
    for position, row in enumerate(d.price_changes):
        if row.applies and first_day(d, row) >= end:
            years = f"{end / d.settings.days_per_year:.3g} years"
            message = f"'{row.change}' begins at or after the end of the horizon, {years}: it applies and changes nothing"
            yield Problem("price_changes", position, "from_month" if row.from_date is None else "from_date", message)


def averages_without_an_answer(d: ModelDefinition) -> Iterator[Problem]:
    """PFS of which each draw takes one of several curves, while survival after progression stays as beside their mean."""
    if not (by_states(d) or structure_is_uncertain(d)):
        return
    behind = {c.id for arm in d.arm_ids if has_own(d, arm) for c in pfs_behind(d, arm)}
    for position, curve in enumerate(d.curves):
        if curve.id in behind and curve.distribution == MODEL_AVERAGE:
            message = (
                "survival after progression does not answer to which of the averaged curves a draw takes: OS of the "
                "state-transition structure spreads more in the draws than its published statistics do"
            )
            yield Problem("curves", position, "distribution", message)


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


def budget_leaves_out(d: ModelDefinition) -> Iterator[Problem]:
    """Rebates of drugs that nobody takes reduce nothing; years beyond the horizon hold nothing; prices that change over time
    count from each patient's start."""
    taken = {r.drug for r in d.regimens} | {r.drug for r in d.subsequent}
    for position, price in enumerate(d.net_prices):
        if price.drug not in taken:
            message = f"nobody takes '{price.drug}', in an arm or after progression: the rebate reduces nothing"
            yield Problem("net_prices", position, "drug", message)
    last = max((row.year for row in d.market_shares), default=0)
    start = next((row.value for row in d.budget_items if row.item == START_MONTH), DEFAULTS[START_MONTH])
    end = d.settings.n_cycles * d.settings.cycle_days
    if last and last * d.settings.days_per_year - start * d.settings.days_per_month > end + SAME_TIME:
        message = (
            f"the budget has {last} years and the horizon ends {end / d.settings.days_per_year:.3g} years after a patient's "
            "start: later costs, and patients still alive, are left out of the budget; extend the horizon, or budget fewer "
            "years"
        )
        place = max(range(len(d.market_shares)), key=lambda position: d.market_shares[position].year)
        yield Problem("market_shares", place, "year", message)
    dated = [position for position, row in enumerate(d.price_changes) if row.applies]
    if d.market_shares and dated:
        message = (
            "in the budget impact the change counts from the start of each patient, also of those who start in later years; "
            "for a change on a calendar day of the budget give a row of the table Net prices from that year on instead"
        )
        yield Problem("price_changes", dated[0], "applies", message)


def society_without_costs(d: ModelDefinition) -> Iterator[Problem]:
    """A societal perspective that counts no cost beside the payer's."""
    if d.settings.cost_perspective == SOCIETAL and not societal_labels(d):
        message = (
            "no cost is of the societal perspective, so that the results are the payer's: give costs of society the "
            "perspective 'societal' on the sheet Care"
        )
        yield Problem("settings", 0, "cost_perspective", message)


def losses_without_a_duration(d: ModelDefinition) -> Iterator[Problem]:
    """A loss of utility by an event that ends never, or counts nothing, since no duration is given."""
    timed = {row.event for row in d.event_consequences if row.item == "duration_days"}
    counted = (
        "so that its loss counts nothing"
        if d.settings.adverse_event_disutility == PER_EVENT
        else "so that its loss lasts for as long as the state of the setting 'Disutility of adverse events' does"
    )
    for position, row in enumerate(d.event_consequences):
        if row.item == "disutility" and row.event not in timed:
            yield Problem("event_consequences", position, "event", f"the event has no duration, {counted}")


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
    groups_are_the_patients,
)
