"""Checks of a whole definition. Every problem is found and named; nothing downstream checks again."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from .calibrated_curves import calibration, curve_coefficients, typed_covariance
from .columns import block_of, columns_of
from .model_definition import TABLES, ModelDefinition, key_of


@dataclasses.dataclass(frozen=True)
class Problem:
    """What is wrong: table, position of the record (None: the table), field and message."""

    table: str
    position: int | None
    field: str
    message: str

    def __str__(self) -> str:
        place = self.table if self.position is None else f"{self.table}, row {self.position + 1}"
        place = f"{place}, {self.field}" if self.field else place
        return f"{place}: {self.message}" if place else self.message


class DefinitionError(ValueError):
    """A definition that cannot be run; ``problems`` lists everything that is wrong."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = list(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


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
        problems = list(_scenarios_work(definition))
    order = {name: i for i, name in enumerate(TABLES)}
    return sorted(problems, key=lambda p: (order.get(p.table, -1), p.position or 0))


def problems_apart_from_scenarios(definition: ModelDefinition) -> list[Problem]:
    """The problems of the definition itself (a scenario is an edit, checked by this once it is made)."""
    problems = [p for check in CHECKS for p in check(definition)]
    return problems or list(_evidence_suffices(definition))


def _keys_are_unique(d: ModelDefinition) -> Iterator[Problem]:
    for table, cls in TABLES.items():
        seen: dict[tuple[str, ...], int] = {}
        for position, record in enumerate(d.table(table)):
            key = key_of(record)
            if key in seen:
                field = type(record).KEY[0] if len(cls.KEY) == 1 else cls.KEY[-1]
                yield Problem(table, position, field, f"'{', '.join(key)}' stands twice; each may stand once")
            seen[key] = position


def _references_exist(d: ModelDefinition) -> Iterator[Problem]:
    ids = {table: {r.id for r in d.table(table)} for table, cls in TABLES.items() if "id" in columns_of(cls)}
    for name in ("intervention", "comparator"):
        if getattr(d.settings, name) not in ids["arms"]:
            yield Problem("settings", 0, name, f"there is no arm '{getattr(d.settings, name)}'; {_listed(ids['arms'])}")
    for table, position, record in d.records():
        for field, column in columns_of(type(record)).items():
            value = getattr(record, field)
            if column.refers_to and value is not None and value not in ids[column.refers_to]:
                noun = column.header.lower().removesuffix(" id")
                yield Problem(table, position, field, f"there is no {noun} '{value}'; {_listed(ids[column.refers_to])}")
        yield from _sources_exist(d, table, position, record, ids["references"])


def _sources_exist(d: ModelDefinition, table: str, position: int, record: Any, known: set[str]) -> Iterator[Problem]:
    block = block_of(type(record))
    if table == "references" or not d.references:
        return
    sources = getattr(record, "source", "") if "source" in columns_of(type(record)) and table != "curves" else ""
    if block:
        sources = getattr(record, block[0]).source
    for source in filter(None, (s.strip() for s in (sources or "").split(";"))):
        if source not in known:
            yield Problem(table, position, "source", f"there is no reference '{source}' on the sheet References")


def _listed(ids: Iterable[str]) -> str:
    return "listed are " + (", ".join(sorted(ids)) or "none")


def _parameters_are_possible(d: ModelDefinition) -> Iterator[Problem]:
    for table, position, record in d.records():
        block = block_of(type(record))
        if block and (message := getattr(record, block[0]).problem()):
            yield Problem(table, position, "distribution" if "needs" in message else "value", message)


def _arms_and_settings(d: ModelDefinition) -> Iterator[Problem]:
    if len(d.arms) < 2:
        yield Problem("arms", None, "", "at least two arms are needed")
    if d.settings.intervention == d.settings.comparator:
        yield Problem("settings", 0, "comparator", "the comparator must be another arm than the intervention")
    if not d.decision_thresholds():
        yield Problem("thresholds", None, "", "at least one threshold with the role 'decision' is needed")
    given = {row.item: row.parameter.value for row in d.population}
    needed = {"start_age": True, "female_share": True}
    for basis, items in {"per_kg": ("weight_mean", "weight_sd"), "per_m2": ("bsa_mean", "bsa_sd")}.items():
        needed.update({item: True for item in items if any(drug.dose_basis == basis for drug in d.drugs)})
    for item in needed:
        if item not in given:
            yield Problem("population", None, "", f"'{item}' is missing")
    for position, row in enumerate(d.population):
        if row.item == "female_share" and row.parameter.value > 1:
            yield Problem("population", position, "value", f"{row.parameter.value:g} is above the maximum of 1")
        if row.item in ("weight_mean", "bsa_mean") and row.parameter.value <= 0:
            yield Problem("population", position, "value", "must be above 0")


def _curves_are_complete(d: ModelDefinition) -> Iterator[Problem]:
    for arm in d.arms:
        for endpoint in ("pfs", "os"):
            if d.curve(arm.id, endpoint) is None:
                yield Problem("curves", None, "", f"arm '{arm.id}' has no {endpoint} curve")
    drugs = {drug.id for drug in d.drugs}
    effects = {(e.arm, e.endpoint) for e in d.relative_effects}
    for position, curve in enumerate(d.curves):
        if curve.endpoint not in drugs | {"pfs", "os"}:
            yield Problem("curves", position, "endpoint", f"'{curve.endpoint}' is neither pfs, os nor a drug id")
        if curve.source == "relative_effect" and (curve.arm, curve.endpoint) not in effects:
            yield Problem("curves", position, "source", "has no row in the table of relative effects")
        yield from _reference_of(d, position)
        yield from _waning_of(d, position)


def _reference_of(d: ModelDefinition, position: int) -> Iterator[Problem]:
    curve = d.curves[position]
    if curve.source != "relative_effect" and curve.waning_start is None:
        return
    if curve.reference_arm is None:
        yield Problem("curves", position, "reference_arm", "is empty; a relative effect or waning needs a reference arm")
        return
    reference = d.curve(curve.reference_arm, curve.endpoint)
    if curve.reference_arm == curve.arm or reference is None:
        yield Problem("curves", position, "reference_arm", f"must be another arm with a curve for {curve.endpoint}")
    elif reference.source == "relative_effect":
        yield Problem("curves", position, "reference_arm", "the reference arm's curve is itself a relative effect")


def _waning_of(d: ModelDefinition, position: int) -> Iterator[Problem]:
    curve = d.curves[position]
    if (curve.waning_start is None) != (curve.waning_end is None):
        yield Problem("curves", position, "waning_end", "waning needs both a start and an end, or neither")
    elif curve.waning_start is not None and curve.waning_end < curve.waning_start:  # type: ignore[operator]
        yield Problem("curves", position, "waning_end", "waning cannot end before it starts")


def _evidence_is_consistent(d: ModelDefinition) -> Iterator[Problem]:
    landmarks: dict[tuple[str, str], list[tuple[float, float, int]]] = {}
    for position, row in enumerate(d.evidence):
        month = _month(row.item)
        if row.statistic in ("landmark", "hazard_ratio") and month is None:
            yield Problem("evidence", position, "item", f"'{row.item}' is not a time in months above 0")
        elif row.statistic == "landmark":
            if not 0 < row.value < 1:
                yield Problem("evidence", position, "value", f"{row.value:g} is not a share between 0 and 1")
            elif month is not None:
                landmarks.setdefault((row.arm, row.endpoint), []).append((month, row.value, position))
        elif row.value <= 0 and row.statistic != "prior":
            yield Problem("evidence", position, "value", f"{row.value:g} is not above 0")
        if row.statistic == "median" and row.value > 0:
            landmarks.setdefault((row.arm, row.endpoint), []).append((row.value, 0.5, position))
        if row.use and not _has_precision(row):
            yield Problem("evidence", position, "standard_error",
                          "needs a 95% interval, a standard error or an effective n to be calibrated to")
        if row.lower is not None and row.upper is not None and not row.lower <= row.value <= row.upper:
            yield Problem("evidence", position, "lower", "the value lies outside its interval")
    for points in landmarks.values():
        ordered = sorted(points)
        for (t0, s0, _), (t1, s1, position) in zip(ordered, ordered[1:], strict=False):
            if s1 > s0 or (s1 == s0 and t1 == t0):
                yield Problem("evidence", position, "value",
                              f"survival rises from {s0:.1%} at {t0:g} months to {s1:.1%} at {t1:g} months")


def _has_precision(row: Any) -> bool:
    interval = row.lower is not None and row.upper is not None
    return row.standard_error is not None or interval or (
        row.effective_n is not None and row.statistic in ("landmark", "median")
    )


def _month(text: str) -> float | None:
    try:
        month = float(text)
    except ValueError:
        return None
    return month if 0 < month < float("inf") else None


def _coefficients_are_complete(d: ModelDefinition) -> Iterator[Problem]:
    from model.survival import distribution

    for position, curve in enumerate(d.curves):
        if curve.source != "coefficients":
            continue
        names = distribution(curve.distribution).parameters
        given = {
            c.coefficient: i for i, c in enumerate(d.coefficients) if (c.arm, c.endpoint) == (curve.arm, curve.endpoint)
        }
        missing = [name for name in names if name not in given]
        if missing:
            yield Problem("curves", position, "distribution",
                          f"a {curve.distribution} curve needs the coefficient(s) {', '.join(missing)}")
            continue
        family = distribution(curve.distribution)
        values = np.array([d.coefficients[given[name]].parameter.value for name in names])
        if not family.valid(values):
            yield Problem("coefficients", given[names[0]], "value", f"no {curve.distribution} curve has these coefficients")
            continue
        yield from _covariance_is_possible(d, curve, names)


def _covariance_is_possible(d: ModelDefinition, curve: Any, names: tuple[str, ...]) -> Iterator[Problem]:
    rows = [i for i, c in enumerate(d.covariance) if (c.arm, c.endpoint) == (curve.arm, curve.endpoint)]
    unknown = False
    for i in rows:
        for field in ("first", "second"):
            if getattr(d.covariance[i], field) not in names:
                unknown = True
                yield Problem("covariance", i, field, f"a {curve.distribution} curve has no such coefficient")
    if rows and not unknown:
        matrix = typed_covariance(d, curve)
        assert matrix is not None
        smallest = float(np.linalg.eigvalsh(matrix).min())
        if smallest < -1e-10 * max(1.0, float(np.abs(matrix).max())):
            yield Problem("covariance", rows[0], "value",
                          f"the covariance matrix is not positive semi-definite (smallest eigenvalue {smallest:.3g})")


def _health_is_complete(d: ModelDefinition) -> Iterator[Problem]:
    states = {u.state: i for i, u in enumerate(d.utilities)}
    for state in ("progression_free", "progressed"):
        if sum(u.state == state for u in d.utilities) != 1:
            yield Problem("utilities", states.get(state), "state" if state in states else "",
                          f"exactly one utility of the state '{state}' is needed")
    for position, row in enumerate(d.utilities):
        if row.state == "on_treatment" and row.drug is None:
            yield Problem("utilities", position, "drug", "is empty; a change on treatment needs its drug")
        if (row.given_as == "increment") != (row.state == "on_treatment"):
            yield Problem("utilities", position, "given_as", "an increment is for on_treatment, and only an increment is")
        if row.given_as == "decrement" and (row.state != "progressed" or row.parameter.value < 0):
            yield Problem("utilities", position, "given_as", "a decrement is for the state progressed, and never negative")
    given = {(p.event, p.arm) for p in d.event_probabilities}
    for position, event in enumerate(d.adverse_events):
        for arm in d.arms:
            if (event.id, arm.id) not in given:
                yield Problem("adverse_events", position, "id", f"has no probability for arm '{arm.id}'")


def _drugs_are_complete(d: ModelDefinition) -> Iterator[Problem]:
    with_price = {p.drug for p in d.products}
    for position, drug in enumerate(d.drugs):
        if drug.id not in with_price:
            yield Problem("drugs", position, "id", f"drug '{drug.id}' has no price in the table of products")
        days = dose_days(drug.dose_days)
        if not days or max(days) > drug.schedule_days:
            yield Problem("drugs", position, "dose_days",
                          f"'{drug.dose_days}' is not a list of days from 1 to {drug.schedule_days:g}")
    regimens = {(r.arm, r.drug) for r in d.regimens}
    for position, regimen in enumerate(d.regimens):
        if regimen.until == "own_curve" and d.curve(regimen.arm, regimen.drug) is None:
            yield Problem("regimens", position, "until",
                          f"needs a curve for arm '{regimen.arm}' and endpoint '{regimen.drug}' on the sheet Survival")
    for position, row in enumerate(d.treatment):
        if (row.arm, row.drug) not in regimens:
            yield Problem("treatment", position, "drug", f"arm '{row.arm}' does not use the drug '{row.drug}'")
        if row.item == "share_treated" and row.parameter.value > 1:
            yield Problem("treatment", position, "value", f"{row.parameter.value:g} is above the maximum of 1")
    for group in {row.id for row in d.administration}:
        occasions = {row.occasion for row in d.administration if row.id == group}
        if occasions not in ({"every"}, {"first", "later"}):
            position = next(i for i, row in enumerate(d.administration) if row.id == group)
            yield Problem("administration", position, "occasion", "give one row 'every', or two rows 'first' and 'later'")


def dose_days(text: str) -> tuple[int, ...]:
    """The days of a schedule, such as (1, 8, 15); empty if the text is not a list of days from 1 up."""
    if not re.fullmatch(r"\s*\d+(\s*[,;]\s*\d+)*\s*", text):
        return ()
    days = tuple(int(word) for word in re.split(r"[,;]", text))
    return days if min(days) >= 1 else ()


def _care_is_complete(d: ModelDefinition) -> Iterator[Problem]:
    used = {r.drug for r in d.regimens}
    for position, row in enumerate(d.care):
        once = row.during in ("at_start", "at_progression")
        if row.during == "on_treatment" and row.drug not in used:
            yield Problem("care", position, "drug", "a cost on treatment needs a drug that an arm uses")
        if row.frequency == "every_days" and row.interval_days is None:
            yield Problem("care", position, "interval_days", "is empty; every_days needs the number of days")
        if once != (row.frequency == "once") and row.during != "on_treatment":
            yield Problem("care", position, "frequency", "'once' belongs to at_start, at_progression and on_treatment")
    for arm in [*d.arms, None]:
        name = None if arm is None else arm.id
        rows = [(i, r) for i, r in enumerate(d.subsequent) if r.item == "share" and r.arm == name]
        total = sum(r.parameter.value for _, r in rows)
        if rows and abs(total - 1) > 1e-9:
            yield Problem("subsequent", rows[-1][0], "value", f"the shares sum to {total:.10g}; they must sum to 1")


def _population_tables(d: ModelDefinition) -> Iterator[Problem]:
    ages = [row.age for row in d.life_table]
    start = next((row.parameter.value for row in d.population if row.item == "start_age"), None)
    female = next((row.parameter.value for row in d.population if row.item == "female_share"), 1.0)
    for position in range(1, len(ages)):
        if ages[position] != ages[position - 1] + 1:
            yield Problem("life_table", position, "age",
                          f"age {ages[position]} follows {ages[position - 1]}; no age may be missing or out of order")
    if d.settings.hazard_floor:
        if not ages:
            yield Problem("life_table", None, "", "the hazard floor needs a life table")
        elif start is not None and not ages[0] <= start <= ages[-1]:
            yield Problem("life_table", 0, "age", f"the table does not cover the age at time zero, {start:g}")
        for position, row in enumerate(d.life_table):
            if female < 1 and row.qx_male is None:
                yield Problem("life_table", position, "qx_male", "is empty; it is needed when not all patients are women")
    norms = [row.from_age for row in d.utility_norms]
    for position in range(1, len(norms)):
        if norms[position] <= norms[position - 1]:
            yield Problem("utility_norms", position, "from_age", "ages must rise")
    if d.settings.age_adjustment == "multiplicative" and start is not None and (not norms or norms[0] > start):
        yield Problem("utility_norms", 0 if norms else None, "from_age" if norms else "",
                      f"the norms do not cover the age at time zero, {start:g}")


def _evidence_suffices(d: ModelDefinition) -> Iterator[Problem]:
    for position, curve in enumerate(d.curves):
        if curve.source == "evidence":
            made = calibration(d, curve, curve.distribution)
            if not made.identified or not made.converged:
                yield Problem("curves", position, "distribution", made.message)
        elif curve.source == "coefficients":
            curve_coefficients(d, curve)


def _scenarios_work(d: ModelDefinition) -> Iterator[Problem]:
    from .addresses import edit

    first = {row.id: position for position, row in reversed(list(enumerate(d.scenarios)))}
    rows = {(row.id, row.input): position for position, row in enumerate(d.scenarios)}
    for scenario, changes in d.scenario_changes().items():
        alone_fine = True
        for address, value in changes.items():
            if message := _first_message(lambda a=address, v=value: edit(d, {a: v})):
                if "there is no input" in message or len(changes) == 1:
                    alone_fine = False
                    yield Problem("scenarios", rows[scenario, address], "input", message)
        if alone_fine and len(changes) > 1 and (message := _first_message(lambda c=changes: edit(d, c))):
            yield Problem("scenarios", first[scenario], "input", message)


def _first_message(action: Callable[[], object]) -> str | None:
    try:
        action()
    except DefinitionError as error:
        return str(error.problems[0])
    return None


Check = Callable[[ModelDefinition], Iterator[Problem]]
RECORD_CHECKS: tuple[Check, ...] = (_keys_are_unique, _references_exist, _parameters_are_possible)
CHECKS: tuple[Check, ...] = (
    *RECORD_CHECKS,
    _arms_and_settings,
    _curves_are_complete,
    _evidence_is_consistent,
    _coefficients_are_complete,
    _health_is_complete,
    _drugs_are_complete,
    _care_is_complete,
    _population_tables,
)
