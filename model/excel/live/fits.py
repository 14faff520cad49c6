"""Curves fitted to data: the coefficients of every candidate as the run found them, for each option that may be asked for.

A fit needs an optimiser and the data, so it is made when the model runs and its result stored. Options that neither the
inputs of the run nor any scenario ask for (another cure model, say) are not fitted; a check tells when one is selected.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from model.definition.addresses import coerce
from model.definition.columns import columns_of
from model.definition.curves import ESTIMATED_NAMES, FROM_DATA, PIECEWISE, Curve
from model.definition.fitted_curves import fit_of, joint_fit_of, observations
from model.definition.model_definition import ModelDefinition
from model.survival import label_of
from model.survival.estimation import Fit
from model.survival.families.base import Distribution
from model.survival.kaplan_meier import kaplan_meier
from model.survival.kaplan_meier_tail import KaplanMeierTail, kaplan_meier_tail
from model.survival.splines import RoystonParmar

from ..report.cells import Column
from ..report.page import Page
from .formula import Formula, formula_of
from .functions import if_error, index, match, where
from .tables import GrowingTable

MOST_COEFFICIENTS, MOST_KNOTS = 5, 5
FIRST_COEFFICIENT = 4


@dataclasses.dataclass(frozen=True)
class StoredFit:
    """One fit: ``key`` says for which options it holds."""

    key: str
    name: str
    label: str
    family: Distribution
    coefficients: tuple[float, ...]
    cure: float | None
    effect: float | None
    aic: float

    @property
    def knots(self) -> tuple[float, ...]:
        """Months of a spline's knots."""
        return tuple(float(np.exp(k)) for k in self.family.knots) if isinstance(self.family, RoystonParmar) else ()


class FitTable:
    """The stored fits of one curve as a table; the row of each candidate by the options in use."""

    def __init__(self, page: Page, label: str, fits: list[StoredFit]):
        self.fits = fits
        columns = [
            Column("Candidate", "text", 58), Column("Fitted for the options", "text", 60), Column("Cure fraction", "any", 14),
            Column("Effect fitted jointly", "any", 14), *(Column(f"Coefficient {i + 1}", "any", 14) for i in range(MOST_COEFFICIENTS)),
            *(Column(f"Knot {i}, months", "any", 14) for i in range(MOST_KNOTS)), Column("AIC", "value", 14),
        ]  # fmt: skip
        self.table = GrowingTable(
            page, f"{label}: fits of the run",
            "[S] Maximum likelihood, by the options that the inputs and scenarios of the run ask for; flexsurv's "
            "parametrisation, time in months.",
            columns,
        )  # fmt: skip
        for fit in fits:
            coefficients = [*fit.coefficients, *[""] * (MOST_COEFFICIENTS - len(fit.coefficients))]
            knots = [*fit.knots, *[""] * (MOST_KNOTS - len(fit.knots))]
            cells: list[Any] = [fit.label, fit.key, "" if fit.cure is None else fit.cure, "" if fit.effect is None else fit.effect]
            self.table.add(*cells, *coefficients, *knots, fit.aic)
        self.keys = self.table.span(1)

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(f.name for f in self.fits))

    def family(self, name: str) -> Distribution:
        return next(f.family for f in self.fits if f.name == name)

    def row(self, name: str, options: Formula, cut_points: Formula) -> tuple[Formula, Formula]:
        """The row of a candidate for the options in use (any row of it where there is none), and 1 where there is one."""
        first = next(i for i, f in enumerate(self.fits) if f.name == name) + 1
        words = formula_of(f"{name} ").then(cut_points) if name == PIECEWISE else formula_of(name)
        key = words.then("|").then(options)
        found = match(key, self.keys)
        place = Formula(f"ROWS({self._rows(first)})", float(first))
        known = not np.isnan(found.value)
        there = Formula(f"IF(ISNUMBER({found.text}),1,0)", float(known))
        return if_error(found, place), there

    def _rows(self, count: int) -> str:
        sheet, cells = self.keys.text.rsplit("!", 1)
        column, row = cells.split(":")[0].rsplit("$", 1)
        return f"{sheet}!{column}${row}:{column}${int(row) + count - 1}"

    def coefficient(self, row: Formula, number: int) -> Formula:
        return self._at(row, FIRST_COEFFICIENT + number)

    def knot(self, row: Formula, number: int) -> Formula:
        return self._at(row, FIRST_COEFFICIENT + MOST_COEFFICIENTS + number)

    def cure(self, row: Formula) -> Formula:
        return self._number(row, 2, 0)

    def effect(self, row: Formula) -> Formula:
        return self._number(row, 3, 1)

    def aic(self, row: Formula) -> Formula:
        return self._at(row, FIRST_COEFFICIENT + MOST_COEFFICIENTS + MOST_KNOTS)

    def _at(self, row: Formula, column: int) -> Formula:
        return index(self.table.span(column), row)

    def _number(self, row: Formula, column: int, otherwise: int) -> Formula:
        """A cell that may be empty, as a number."""
        found = self._at(row, column)
        return where(found.equals(""), otherwise, found)


def options_text(curve: Curve) -> str:
    """The options of a curve that change its fits, as one text."""
    together = f"jointly {curve.effect}" if curve.fitted == "jointly" else "separately"
    return f"{curve.cure}|{curve.mortality}|{together}"


def stored_fits(definition: ModelDefinition, curve: Curve) -> list[StoredFit]:
    """Every candidate of a curve, for the options of the inputs and of every scenario."""
    found: dict[str, StoredFit] = {}
    for variant in variants(definition):
        own = variant.curve(curve.arm, curve.endpoint)
        if own is None or own.source not in FROM_DATA:
            continue
        names = (*ESTIMATED_NAMES, PIECEWISE) if own.cut_points else ESTIMATED_NAMES
        for name in names:
            words = f"{name} {own.cut_points}" if name == PIECEWISE else name
            key = f"{words}|{options_text(own)}"
            if key not in found:
                made = _fit(variant, own, name)
                if made is not None:
                    found[key] = dataclasses.replace(made, key=key)
    return sorted(found.values(), key=lambda f: ((*ESTIMATED_NAMES, PIECEWISE).index(f.name), f.key))


def _fit(definition: ModelDefinition, curve: Curve, name: str) -> StoredFit | None:
    if curve.fitted == "jointly":
        return _joint(definition, curve, name)
    fit: Fit = fit_of(definition, curve, name)
    if not fit.usable:
        return None
    cure = None
    family, coefficients = fit.distribution, tuple(float(c) for c in fit.coefficients)
    if curve.cure != "none" and name != PIECEWISE:
        cure, coefficients = coefficients[0], coefficients[1:]
        family = family.base  # type: ignore[attr-defined]
    return StoredFit("", name, label_of(name), family, coefficients, cure, None, float(fit.aic))


def _joint(definition: ModelDefinition, curve: Curve, name: str) -> StoredFit | None:
    """The shared coefficients of a joint fit, and the effect of this arm."""
    if name == PIECEWISE:
        return None
    changed = tuple(
        dataclasses.replace(c, distribution=name) if c.endpoint == curve.endpoint and c.fitted == "jointly" else c
        for c in definition.curves
    )
    together = dataclasses.replace(definition, curves=changed)
    own = together.curve(curve.arm, curve.endpoint)
    assert own is not None
    joint = joint_fit_of(together, own)
    if not joint.fit.usable:
        return None
    family = joint.family(curve.arm)
    count = len(family.base.parameters)
    values = [float(v) for v in joint.fit.coefficients]
    effect = None if family.group is None else values[count + family.groups.index(family.group)]
    return StoredFit("", name, label_of(name), family.base, tuple(values[:count]), None, effect, float(joint.fit.aic))


def variants(definition: ModelDefinition) -> Iterator[ModelDefinition]:
    """The definition, and with the curves of each scenario."""
    yield definition
    known = columns_of(Curve)
    for changes in definition.scenario_changes().values():
        curves = list(definition.curves)
        for address, value in changes.items():
            parts = address.split(".")
            if parts[0] != "curves" or len(parts) != 4 or parts[3] not in known:
                continue
            place = next((i for i, c in enumerate(curves) if (c.arm, c.endpoint) == (parts[1], parts[2])), None)
            if place is not None:
                curves[place] = dataclasses.replace(curves[place], **{parts[3]: coerce(known[parts[3]], value)})
        if curves != list(definition.curves):
            yield dataclasses.replace(definition, curves=tuple(curves))


# ---- Kaplan-Meier part -------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class KaplanMeierTable:
    """Event times and the cumulative hazard of each piece after each of them (a row for time zero first)."""

    times: Formula
    pieces: Formula
    n_pieces: int


def kaplan_meier_table(page: Page, definition: ModelDefinition, curve: Curve, label: str) -> KaplanMeierTable | None:
    """The Kaplan-Meier curve of the data as cumulative hazards, by the pieces that the run draws apart; None where no
    Kaplan-Meier part is ever asked for."""
    asked = [
        own for v in variants(definition) if (own := v.curve(curve.arm, curve.endpoint)) is not None and own.km_until is not None
    ]
    if not asked:
        return None
    km = kaplan_meier(observations(definition, asked[0]))
    at_risk = km.at_risk(km.times)
    steps = -np.log1p(-np.minimum(km.n_events / at_risk, 1 - 1e-12))
    cuts = np.array([np.inf])
    if curve.km_until is not None:
        made = definition.curve(curve.arm, curve.endpoint)
        assert made is not None
        family, _, _ = kaplan_meier_tail(km.times, km.n_events, at_risk, _Anything(), curve.km_until)
        assert isinstance(family, KaplanMeierTail)
        cuts = family.cuts
    piece = np.minimum(np.searchsorted(cuts, km.times, side="left"), len(cuts) - 1)
    table = GrowingTable(
        page, f"{label}: Kaplan-Meier curve",
        "[S] Cumulative hazard after each event, by the pieces of time whose sampling error is drawn apart.",
        [Column("Months", "any", 58), *(Column(f"Piece {j + 1}", "any", 60 if j == 0 else 14) for j in range(len(cuts)))],
    )  # fmt: skip
    totals = np.zeros(len(cuts))
    table.add(0.0, *[0.0] * len(cuts))
    for time, step, j in zip(km.times, steps, piece, strict=True):
        totals[j] += step
        table.add(float(time), *(float(v) for v in totals))
    first, last = table.at.cell(0, 1), table.at.cell(table.at.n_rows - 1, len(cuts))
    values = np.array([[float(c) for c in row[1:]] for row in table.at.rows])
    return KaplanMeierTable(table.span(0), Formula(f"{first}:{last.rsplit('!', 1)[1]}", values), len(cuts))


class _Anything(Distribution):
    """A tail that nothing is asked of: the pieces do not depend on it."""

    name = label = "tail"
    parameters = estimation_scale = time_role = ()

    def _cumulative_hazard(self, time: np.ndarray, *columns: np.ndarray) -> np.ndarray:
        return np.zeros_like(time)

    _log_hazard = _quantile = _mean = _cumulative_hazard  # type: ignore[assignment]


