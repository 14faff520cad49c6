"""Other values for input cells, chosen from the declaration of their column, and what both calculations make of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from model.analysis import base_case
from model.analysis.agreement import Found, allowed_difference
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import DefinitionError, ModelDefinition, addresses, edit
from model.definition.addresses import Location
from model.excel.live.used import reason_not_used
from tests.helpers.recalculated import Recalculated, differences

FACTORS = (0.95, 1.07, 0.5)
FOR_EMPTY_CELLS = {"number": (12.0, 60.0, 2.0, 0.4, 0.02), "integer": (3, 12, 2024), "date": ("2026-10-30",)}
BY_AGE = ("life_table", "utility_norms")
ROUNDING = 1e-13
DAYS_OF_DOSES = ("2", "1, 8")
MOVED_ELSEWHERE = {
    *(("life_table", "qx_female"), ("settings", "hazard_floor"), ("settings", "time_zero_date"), ("utilities", "state")),
    *(("settings", "link_between_arms"), ("settings", "after_progression"), ("settings", "crossing")),
    *(("coherence_limits", "share"), ("coherence_limits", "years")),
    ("settings", "cost_perspective"),  # no cost of the shipped models is of the societal one: test_live_budget_impact.py
    *(("external_evidence", "lower"), ("external_evidence", "value")),
    *(("price_changes", "price_year"), ("settings", "price_year")),  # test_live_prices_over_time.py
    *(("market_shares", "without"), ("market_shares", "share_with")),  # moved together: of one row the sum would not be 1
    *(("utilities", "arm"), ("utilities", "from_month"), ("utilities", "until_month")),  # test_live_over_time.py
    *(("care", "from_day"), ("care", "until_day"), ("settings", "deaths_by_state")),  # test_live_over_time.py
    ("settings", "adverse_event_disutility"),  # test_live_over_time.py
    ("settings", "mortality_steps"),  # four cycles of a quarter are a whole year of age: test_live_conventions.py
    *(("severity_bands", "weight"), ("severity_bands", "absolute_from"), ("severity_bands", "proportional_from")),
}
"""Where the floor binds nowhere in the base case, nothing crosses, no price changes from a date, a cell alone is refused, a
figure is not the nearest to the model, or a change is too small for cycles of a quarter; test_live_model.py moves them.
Bands of severity that no shortfall reaches: test_live_agencies.py.
What only a state-transition model takes: test_live_states.py."""
NEEDS_TYPED = {("curves", "parametrisation"), ("curves", "time_unit")}
"""What only typed coefficients take: test_live_typed_coefficients.py."""
NEEDS_DATA = {("curves", n) for n in ("cure", "mortality", "km_until", "tail_clock", "cut_points", "fitted")} | NEEDS_TYPED
SMALLEST_FACTOR, LARGEST_FACTOR = 1.001, 1.02


@dataclasses.dataclass(frozen=True)
class InputCell:
    """An input as the live sheets take it."""

    address: str
    location: Location
    value: Any

    @property
    def column(self) -> tuple[str, str]:
        return self.location.table, self.location.field

    def other_values(self, definition: ModelDefinition) -> Iterator[Any]:
        """What else the cell might hold: each other choice, or a number near its own."""
        column, value = self.location.column, self.value
        if column.choices:
            yield from (c for c in column.choices if c != value)
        elif column.kind == "yes_no":
            yield not value
        elif column.refers_to:
            ids = dict.fromkeys(row.id for row in definition.table(column.refers_to))
            yield from (i for i in ids if i != value)
            if not column.required and value is not None:
                yield ""
        elif column.kind in FOR_EMPTY_CELLS and value is None:
            yield from FOR_EMPTY_CELLS[column.kind]
        elif column.kind == "integer":
            yield from (value + 1, value - 1)
        elif column.kind == "number":
            yield from (value * f for f in FACTORS) if value else (0.01,)
        elif column.kind == "date":
            yield from ("2027-12-31", "2026-06-30")
        elif self.address.endswith(".dose_days"):
            yield from DAYS_OF_DOSES

    @property
    def takes_each_value(self) -> bool:
        """Is every other value worth a run (a choice), or one of them enough (a number)?"""
        choice = bool(self.location.column.choices or self.location.column.refers_to)
        return choice and self.column not in NEEDS_TYPED


def live_cells(definition: ModelDefinition) -> list[InputCell]:
    """Every input cell that the live sheets take, table by table, once."""
    found: dict[tuple[str, int, str], InputCell] = {}
    for address, place in addresses(definition).items():
        if not reason_not_used(place.table, place.field):
            key = (place.table, place.position, place.field)
            found.setdefault(key, InputCell(address, place, _value(definition, place)))
    return list(found.values())


def _value(definition: ModelDefinition, place: Location) -> Any:
    record: Any = definition.settings
    if place.table != "settings":
        record = definition.table(place.table)[place.position]
    return getattr(getattr(record, place.inside_block) if place.inside_block else record, place.field)


def possible(definition: ModelDefinition, changes: dict[str, Any]) -> bool:
    """Does the model allow the changes?"""
    try:
        edit(definition, changes)
    except DefinitionError:
        return False
    return True


def perturbations(definition: ModelDefinition, cell: InputCell) -> list[dict[str, Any]]:
    """The changes of one cell that are tried: every possible choice, or the first possible number."""
    found = ({cell.address: value} for value in cell.other_values(definition))
    allowed = (change for change in found if possible(definition, change))
    return list(allowed) if cell.takes_each_value else [change for change, _ in zip(allowed, "1", strict=False)]


def all_numbers_at_once(definition: ModelDefinition) -> dict[str, Any]:
    """Every number multiplied by a factor of its own, so that two cells taken for each other show; days, shares that
    must sum to 1, and what the model would refuse stay as they are."""
    cells = [
        c
        for c in live_cells(definition)
        if c.location.column.kind == "number"
        and c.value
        and not c.address.startswith(("subsequent.", "drugs.", "regimens.", "thresholds.", "settings.cycle"))
    ]
    factors = np.linspace(SMALLEST_FACTOR, LARGEST_FACTOR, len(cells))[::-1]
    changes = {c.address: c.value * float(f) for c, f in zip(cells, factors, strict=True)}
    refused = [a for a, value in changes.items() if not possible(definition, {a: value})]
    return {a: value for a, value in changes.items() if a not in refused}


@dataclasses.dataclass
class Effect:
    """What changes did to the results of the workbook (``moved``), and where Python finds something else (``wrong``)."""

    moved: bool
    moved_in_python: bool
    wrong: dict[str, tuple[Found, Found]]
    checks_failed: Found
    inputs_changed: Found

    @property
    def agrees(self) -> bool:
        return not self.wrong and self.moved == self.moved_in_python


def effect(book: Recalculated, changes: dict[str, Any]) -> Effect:
    """Type the changes into the workbook, run Python with them."""
    edited = edit(book.definition, changes)
    python = named_outputs(base_case(edited))
    with book.with_inputs(changes):
        after = book.results()
        failed, changed = book.value("checks_failed"), book.value("inputs_changed")
    wrong = differences(python, after, allowed_difference(edited))
    moved, in_python = differences(book.base, after, ROUNDING), differences(book.python, python, ROUNDING)
    return Effect(bool(moved), bool(in_python), wrong, failed, changed)


def together(definition: ModelDefinition) -> dict[str, dict[str, Any]]:
    """Changes that are possible only together, by what they do; for the shipped models, where they are allowed."""
    return {what: c for what, c in _together(definition).items() if possible(definition, c)}


def _together(definition: ModelDefinition) -> dict[str, dict[str, Any]]:
    waning = {
        f"waning: {kind}": {
            "curves.palbociclib.os.waning": kind,
            "curves.palbociclib.os.waning_start": 30.0,
            "curves.palbociclib.os.waning_end": 75.0,
        }
        for kind in ("linear", "step", "exponential", "loss_of_benefit")
    }
    kinds = {
        f"effect: {kind}": {
            "curves.palbociclib.pfs.source": "relative_effect",
            "curves.palbociclib.pfs.reference_arm": "control",
            "curves.palbociclib.pfs.effect": kind,
        }
        for kind in ("hazard_ratio", "acceleration_factor", "odds_ratio")
    }
    generic = "price_changes.palbociclib.generic_entry.factor"
    prices = {
        f"generic entry, {what}": {f"{generic}.applies": True, **more}
        for what, more in {
            "another factor": {generic: 0.2},
            "another date": {f"{generic}.from_date": "2030-12-31"},
            "from a month": {f"{generic}.from_date": None, f"{generic}.from_month": 40.0},
            "another date of time zero": {"settings.time_zero_date": "2025-06-30"},
        }.items()
    }
    return {
        **waning,
        **kinds,
        **prices,
        "arms swapped": {"settings.intervention": "control", "settings.comparator": "palbociclib"},
        "men among the patients": {
            "population.female_share": 0.9,
            "population.start_age": 85.3,
            **{f"life_table.{row.age}.qx_male": min(1.0, 1.3 * row.qx_female) for row in definition.life_table},
        },
        "shares of treatments after progression": {
            "subsequent.trastuzumab_deruxtecan.share": 0.7,
            "subsequent.trastuzumab_emtansine.share": 0.3,
        },
        "a change of utility on another drug": {
            "utilities.on_palbociclib.drug": "pertuzumab",
            "utilities.on_palbociclib": -0.03,
        },
        "market shares": {
            "market_shares.2.palbociclib.share_with": 0.35,
            "market_shares.2.control.share_with": 0.65,
            "market_shares.1.palbociclib.without": 0.05,
            "market_shares.1.control.without": 0.95,
        },
        "utilities of the states swapped": {
            "utilities.progression_free.state": "progressed",
            "utilities.progressed.state": "progression_free",
        },
        "a utility as a decrement": {"utilities.progressed.given_as": "decrement", "utilities.progressed": 0.12},
        "care every 90 days": {
            "care.progressed_care.frequency": "every_days",
            "care.progressed_care.interval_days": 90,
            "care.progressed_care.first_day": 30,
        },
        "a curve through its own evidence": {
            "curves.palbociclib.os.source": "evidence",
            "curves.palbociclib.os.distribution": "lognormal",
        },
    }


@dataclasses.dataclass
class Sweep:
    """What a pass over every input cell found: changes that the two calculations take otherwise and no check tells of,
    changes after which a check fails, and the columns whose cells moved no result of this model."""

    tried: int = 0
    wrong: list[tuple[dict[str, Any], dict[str, tuple[Found, Found]]]] = dataclasses.field(default_factory=list)
    failing: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    idle_columns: set[tuple[str, str]] = dataclasses.field(default_factory=set)


def sweep(book: Recalculated) -> Sweep:
    """Every input cell, one after the other; of a table with one row per year of age every tenth, and the whole column
    at once, each cell by a factor of its own; then the changes that need each other."""
    definition, found = book.definition, Sweep()
    cells = live_cells(definition)
    columns = {c.address: c.column for c in cells}
    found.idle_columns = set(columns.values())
    by_age = {c for c in set(columns.values()) if c[0] in BY_AGE}
    changes = [
        change
        for c in cells
        if c.column not in by_age or c.location.position % 10 == 0
        for change in perturbations(definition, c)
    ]
    whole = all_numbers_at_once(definition)
    changes += [{a: v for a, v in whole.items() if columns.get(a) == column} for column in sorted(by_age)]
    names = {a: (place.table, place.field) for a, place in addresses(definition).items()}
    for change in [c for c in (*changes, *together(definition).values()) if c]:
        result = effect(book, change)
        found.tried += 1
        if result.wrong and not result.checks_failed:
            found.wrong.append((change, result.wrong))
        if result.checks_failed:
            found.failing.append(change)
        if result.moved:
            found.idle_columns -= {names[a] for a in change}
    return found
