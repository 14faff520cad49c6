"""Curves fitted to data: the coefficients of every candidate as the run found them, for each option that may be asked for.

A fit needs an optimiser and the data, so it is made when the model runs and its result stored. What neither the inputs of
the run nor any scenario ask for (another cure model, say) is not fitted; a check tells when it is selected.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from model.definition.addresses import coerce
from model.definition.curves.from_data import fit_judged, fit_of, joint_fit_judged, joint_fit_of
from model.definition.model_definition import ModelDefinition
from model.definition.records.columns import columns_of
from model.definition.records.curves import FROM_DATA, MODEL_AVERAGE, PIECEWISE, Curve
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import id_words, if_error, index, match, ordinal, where
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable, RowBuilder
from model.excel.pages.page import Page
from model.survival import label_of
from model.survival.distributions import CANDIDATES
from model.survival.estimation import Fit
from model.survival.families.base import Distribution
from model.survival.families.cure import MixtureCure, NonMixtureCure
from model.survival.families.piecewise import PiecewiseExponential
from model.survival.families.splines import RoystonParmar

KEY, CURE, EFFECT, AIC, FIRST = 1, 2, 3, 4, 5
WIDTH_OF_OPTIONS = 54.0


@dataclasses.dataclass(frozen=True)
class StoredFit:
    """One fit: ``key`` says for which options it holds; ``aic`` is None where it has no part in an average."""

    key: str
    name: str
    label: str
    family: Distribution
    coefficients: tuple[float, ...]
    cure: float | None
    effect: float | None
    aic: float | None

    @property
    def times(self) -> tuple[float, ...]:
        """Months of a spline's knots, or the cut points of a piecewise exponential."""
        return times_of(self.family)


def times_of(family: Distribution) -> tuple[float, ...]:
    """Months of a spline's knots, or the cut points of a piecewise exponential; of no other family."""
    if isinstance(family, RoystonParmar):
        return tuple(float(np.exp(k)) for k in family.knots)
    return tuple(family.cuts.tolist()) if isinstance(family, PiecewiseExponential) else ()


class FitTable:
    """The stored fits of one curve as a table; the row of each candidate by the options in use."""

    def __init__(self, page: Page, label: str, fits: list[StoredFit]):
        self.page, self.fits = page, fits
        page.widest_shared = WIDTH_OF_OPTIONS
        self.rows: dict[str, tuple[Formula, Formula]] = {}
        self.most = max(len(f.coefficients) for f in fits)
        self.most_times = max(len(f.times) for f in fits)
        columns = [
            PageColumn("Candidate", "text", 58),
            PageColumn("Fitted for the options", "text", 60),
            PageColumn("Cure fraction", "any", 16),
            PageColumn("Effect fitted jointly", "any", 16),
            PageColumn("AIC", "any", 16),
            *(PageColumn(f"Coefficient {i + 1}", "any", 16) for i in range(self.most)),
            *(PageColumn(f"Knot or cut point {i + 1}, months", "any", 16) for i in range(self.most_times)),
        ]
        self.table = GrowingTable(
            page,
            f"{label}: fits of the run",
            "[S] Maximum likelihood: all candidates that the data determine with the options of the inputs, and those that a "
            "scenario takes with its own; flexsurv's parametrisation, time in months.",
            columns,
        )
        for fit in fits:
            coefficients = [*fit.coefficients, *[""] * (self.most - len(fit.coefficients))]
            times = [*fit.times, *[""] * (self.most_times - len(fit.times))]
            cells: list[Any] = [
                fit.label,
                fit.key,
                "" if fit.cure is None else fit.cure,
                "" if fit.effect is None else fit.effect,
            ]
            self.table.add(*cells, "" if fit.aic is None else fit.aic, *coefficients, *times)
        self.keys = self.table.span(KEY)

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(f.name for f in self.fits))

    def widest(self, name: str) -> Distribution:
        """The family of a candidate; of a piecewise exponential the one with the most pieces."""
        return max((f.family for f in self.fits if f.name == name), key=lambda f: len(f.parameters))

    def options_of(self, name: str) -> set[str]:
        """The options for which there is a fit of a candidate."""
        return {f.key.removeprefix(f"{name}|") for f in self.fits if f.name == name}

    def find(self, label: str, options: Formula, cut_points: Formula) -> None:
        """A table of the row of each candidate for the options in use."""
        found = GrowingTable(
            self.page,
            f"{label}: fits in use",
            "The row for the options in use; any row of the candidate where there is none.",
            [
                PageColumn("Candidate", "text", 58),
                PageColumn("Key", "text", 60),
                PageColumn("There is a fit", "plain", 24),
                PageColumn("Row above", "plain", 16),
            ],
        )
        for name in self.names:
            key = formula_of(f"{name}|").then(options)
            if name == PIECEWISE:
                key = key.then("|").then(id_words(cut_points))
            row = RowBuilder(found, label_of(name))
            place = match(row.put(key, "text"), self.keys)
            stored = row.put(Formula(f"IF(ISNUMBER({place.text}),1,0)", float(not np.isnan(place.value))), "plain")
            first = next(i for i, f in enumerate(self.fits) if f.name == name)
            self.rows[name] = (row.put(if_error(place, ordinal(self.keys, first)), "plain"), stored)
            row.close()

    def coefficient(self, row: Formula, number: int) -> Formula:
        return self._at(row, FIRST + number)

    def time(self, row: Formula, number: int) -> Formula:
        return self._at(row, FIRST + self.most + number)

    def cure(self, row: Formula) -> Formula:
        found = self._at(row, CURE)
        return where(found.equals(""), 0, found)

    def effect(self, row: Formula) -> Formula:
        found = self._at(row, EFFECT)
        return where(found.equals(""), 1, found)

    def aic(self, row: Formula) -> Formula:
        return self._at(row, AIC)

    def _at(self, row: Formula, column: int) -> Formula:
        return index(self.table.span(column), row)


def joint_text(definition: ModelDefinition, endpoint: str) -> str:
    """Which arms of an endpoint are fitted jointly, from what, with which effect."""
    words = ""
    for curve in definition.curves:
        if curve.endpoint == endpoint and curve.fitted == "jointly":
            words += f"{curve.arm} {curve.source} {curve.effect if curve.reference_arm else ''};"
    return words


def options_text(definition: ModelDefinition, curve: Curve) -> str:
    """The options of a curve that change its fits, as one text."""
    together = joint_text(definition, curve.endpoint) if curve.fitted == "jointly" else "separately"
    return f"{curve.source}|{curve.cure}|{curve.mortality}|{together}"


def stored_fits(definition: ModelDefinition, curve: Curve) -> list[StoredFit]:
    """Every candidate of a curve for the options of the inputs; for those of a scenario the candidates it takes."""
    found: dict[str, StoredFit] = {}
    for number, variant in enumerate(variants(definition)):
        own = variant.curve(curve.arm, curve.endpoint)
        if own is None or own.source not in FROM_DATA:
            continue
        for name in _names(variant, own, everything=number == 0):
            key = f"{name}|{options_text(variant, own)}"
            if name == PIECEWISE:
                key += f"|{own.cut_points}"
            if key not in found:
                made = _fit(variant, own, name)
                if made is not None:
                    found[key] = dataclasses.replace(made, key=key)
    return sorted(found.values(), key=lambda f: ((*CANDIDATES, PIECEWISE).index(f.name), f.key))


def _names(definition: ModelDefinition, curve: Curve, everything: bool) -> list[str]:
    possible = (*CANDIDATES, PIECEWISE) if curve.cut_points else CANDIDATES
    rows = [w.distribution for w in definition.model_weights if (w.arm, w.endpoint) == (curve.arm, curve.endpoint)]
    averaged = curve.distribution == MODEL_AVERAGE and not rows
    return [n for n in possible if everything or averaged or n == curve.distribution or n in rows]


def _fit(definition: ModelDefinition, curve: Curve, name: str) -> StoredFit | None:
    if curve.fitted == "jointly":
        return _joint(definition, curve, name)
    if name == PIECEWISE and curve.cure != "none":
        return None
    fit: Fit = fit_of(definition, curve, name)
    if not fit.usable:
        return None
    determined = fit_judged(definition, curve, name).determined
    if not (determined or name == curve.distribution):
        return None
    cure, family, coefficients = None, fit.distribution, tuple(float(c) for c in fit.coefficients)
    if isinstance(family, MixtureCure | NonMixtureCure):
        cure, coefficients, family = coefficients[0], coefficients[1:], family.base
    aic = float(fit.aic) if determined else None
    return StoredFit("", name, label_of(name), family, coefficients, cure, None, aic)


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
    if not (name == curve.distribution or joint_fit_judged(together, own).determined):
        return None
    family = joint.family(curve.arm)
    count = len(family.base.parameters)
    values = [float(v) for v in joint.fit.coefficients]
    effect = None if family.group is None else values[count + family.groups.index(family.group)]
    base, cure, first = family.base, None, 0
    if isinstance(base, MixtureCure | NonMixtureCure):
        base, cure, first = base.base, values[0], 1
    return StoredFit("", name, label_of(name), base, tuple(values[first:count]), cure, effect, float(joint.fit.aic))


def variants(definition: ModelDefinition) -> Iterator[ModelDefinition]:
    """The definition, and with the curves of each subgroup and scenario that has others."""
    yield definition
    known = columns_of(Curve)
    seen = {definition.curves}
    changes_of_curves = (
        [(a, v) for a, v in changes.items() if a.startswith("curves.")] for changes in definition.all_changes()
    )
    for changes in {tuple((a, type(v), v) for a, v in found): found for found in changes_of_curves}.values():
        curves = list(definition.curves)
        for address, value in changes:
            parts = address.split(".")
            if len(parts) != 4 or parts[3] not in known:
                continue
            place = next((i for i, c in enumerate(curves) if (c.arm, c.endpoint) == (parts[1], parts[2])), None)
            if place is not None:
                curves[place] = dataclasses.replace(curves[place], **{parts[3]: coerce(known[parts[3]], value)})
        if tuple(curves) not in seen:
            seen.add(tuple(curves))
            yield dataclasses.replace(definition, curves=tuple(curves))
