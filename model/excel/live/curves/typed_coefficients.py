"""Typed coefficients as a program prints them, and what they are in the model's parametrisation and in months."""

from __future__ import annotations

import dataclasses

import numpy as np

from model.definition.curves.coefficients import candidate
from model.definition.curves.typed import as_printed, typed_family, typed_rows
from model.definition.model_definition import address_of
from model.definition.records.curves import Curve
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import flag, where
from model.excel.live.bench import Bench
from model.excel.live.constants import SheetFunctions
from model.excel.live.curves.asked import Asked
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import Facts, GrowingTable
from model.excel.pages.page import Page
from model.survival import label_of
from model.survival.distributions import CANDIDATES
from model.survival.families.base import Distribution
from model.survival.families.splines import RoystonParmar
from model.survival.programs.conversion import Conversion
from model.survival.programs.programs import PROGRAMS
from model.survival.programs.time_units import months_in, rescaled

COLUMNS = (
    PageColumn("Candidate", "text", 58),
    PageColumn("Coefficient as printed", "text", 60),
    PageColumn("Printed by", "text", 24),
    PageColumn("As typed", "any", 16),
    PageColumn("Coefficient of the model", "text", 16),
    PageColumn("In the same unit of time", "any", 16),
    PageColumn("In months", "any", 16),
)


@dataclasses.dataclass
class Typed:
    """The typed coefficients of one candidate: its family, its cells by the model's names (and those of knots), and 1 where
    they are there for the program in use."""

    family: Distribution
    cells: dict[str, Formula]
    there: Formula


class TypedCoefficients:
    """Of one curve, by candidate; tables are written only where the inputs or a scenario ask for another program or unit."""

    def __init__(self, bench: Bench, page: Page, curve: Curve, label: str, asked: Asked):
        self.bench, self.page, self.curve, self.label = bench, page, curve, label
        self.by_name: dict[str, Typed] = {}
        if not asked.converted:
            for name in CANDIDATES:
                made = self._conversion(name, curve.parametrisation)
                if made is not None:
                    self.by_name[name] = Typed(made.family, self._inputs(name), Formula("1", 1.0))
            return
        self.program = bench.inputs[f"{curve.id}.parametrisation"]
        if any(self._conversion(name, program) for name in CANDIDATES for program in PROGRAMS):
            self._write()

    # ---- what is typed -------------------------------------------------------------------------------------------

    def _inputs(self, name: str) -> dict[str, Formula]:
        """The typed coefficients of a candidate as they are in use, by the names typed."""
        rows = typed_rows(self.bench.definition, self.curve, name)
        return {k: self.bench.inputs[address_of("coefficients", row)] for k, row in rows.items()}

    def _conversion(self, name: str, program: str) -> Conversion | None:
        """From what a program prints of a candidate, where all of it is typed and makes a curve."""
        rows = typed_rows(self.bench.definition, self.curve, name)
        plain = dataclasses.replace(self.curve, cure="none", parametrisation=program)
        days = self.bench.definition.settings.days_per_month
        try:
            made = as_printed(plain, typed_family(plain, name, {k: r.parameter.value for k, r in rows.items()}, days), days)
        except ValueError:
            return None
        if not set(made.names) <= set(rows):
            return None
        values = np.array([rows[n].parameter.value for n in made.names])
        positive = all(rows[n].parameter.value > 0 for n in made.printed.positive)
        with np.errstate(all="ignore"):
            return made if positive and made.family.valid(made.natural(values)) else None

    # ---- tables --------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        unit = self.bench.inputs[f"{self.curve.id}.time_unit"]
        facts = Facts(self.page, f"{self.label}: unit of time of typed coefficients", "From the table of curves.")
        months = facts.add("Months in one unit", self._months_in(unit), "months")
        table = GrowingTable(
            self.page,
            f"{self.label}: typed coefficients, as printed and converted",
            "Left: as typed, in the order of the program. Right: what they are together in flexsurv's parametrisation, which "
            "the model uses. One block for every program that prints coefficients of these names; the one in use counts.",
            COLUMNS,
        )
        found: dict[str, list[tuple[str, dict[str, Formula]]]] = {}
        families: dict[str, Distribution] = {}
        for name in CANDIDATES:
            for program in PROGRAMS:
                made = self._conversion(name, program)
                if made is not None:
                    found.setdefault(name, []).append((program, self._block(table, name, program, made, months)))
                    families[name] = made.family
        for name, blocks in found.items():
            self.by_name[name] = self._chosen(families[name], blocks, self._inputs(name))
        self._covariances()

    def _months_in(self, unit: Formula) -> Formula:
        c = self.bench.constants
        days = where(unit.equals("days"), 1 / c.days_per_month, 1)
        weeks = where(unit.equals("weeks"), c.days_per_week / c.days_per_month, days)
        made = where(unit.equals("years"), c.months_per_year, weeks)
        assert np.isclose(made.value, months_in(str(unit.value), self.bench.definition.settings.days_per_month))
        return made

    def _block(self, table: GrowingTable, name: str, program: str, made: Conversion, months: Formula) -> dict[str, Formula]:
        """The rows of one candidate by one program; returns the cells in months by the model's names."""
        w, typed = SheetFunctions(self.bench.constants), self._inputs(name)
        knots = [f"knot{k}" for k in range(len(made.base.knots))] if isinstance(made.base, RoystonParmar) else []
        first = table.at.n_rows
        names = (*made.names, *knots)
        as_typed = [Formula(table.at.cell(first + j, 3), typed[n].value) for j, n in enumerate(names)]
        here = [*made.printed.form.to_ours(w, *as_typed[: len(made.names)]), *as_typed[len(made.names) :]]
        cells = [Formula(table.at.cell(first + j, 5), h.value) for j, h in enumerate(here)]
        in_months = [*rescaled(w, made.base, tuple(cells[: len(made.names)]), months)]
        in_months += [cell * months for cell in cells[len(made.names) :]]
        found = {}
        for j, (printed, own) in enumerate(zip(names, (*made.base.parameters, *knots), strict=True)):
            row = table.add(label_of(name), printed, program, typed[printed], own, here[j], in_months[j])
            found[own] = table.cell(row, 6)
        return found

    def _chosen(self, family: Distribution, blocks: list[tuple[str, dict[str, Formula]]], typed: dict[str, Formula]) -> Typed:
        """The cells of the program in use; a cure fraction and effects are the same in all of them."""
        cells: dict[str, Formula] = {}
        there: Formula = Formula("0", 0.0)
        for program, block in blocks:
            in_use = self.program.equals(program)
            there = flag(in_use) if there.text == "0" else where(in_use, 1, there)
            for own, cell in block.items():
                cells[own] = where(in_use, cell, cells[own]) if own in cells else cell
        cells |= {k: cell for k, cell in typed.items() if k == "cure_fraction" or k.startswith("effect_")}
        return Typed(family, cells, there)

    def _covariances(self) -> None:
        """Their covariance at the run, on the scale on which coefficients are drawn."""
        own = dataclasses.replace(self.curve, source="coefficients")
        names = [n for n in self.by_name if self._conversion(n, self.curve.parametrisation) is not None]
        found = {n: made for n in names if (made := candidate(self.bench.definition, own, n)).covariance is not None}
        if not found:
            return
        widest = max(len(made.natural) for made in found.values())
        table = GrowingTable(
            self.page,
            f"{self.label}: covariance of the converted coefficients, at the run",
            "On the scale on which they are drawn: logarithms of positive coefficients, by the delta method. Element 1: the "
            "covariance with the first coefficient.",
            [
                PageColumn("Candidate", "text", 58),
                PageColumn("Coefficient", "text", 60),
                *(PageColumn(f"Element {j + 1}", "any", 24 if j == 0 else 16) for j in range(widest)),
            ],
        )
        for name, made in found.items():
            assert made.covariance is not None
            for parameter, scale, row in zip(
                made.family.parameters, made.family.estimation_scale, made.covariance, strict=True
            ):
                words = parameter if scale == "identity" else f"{scale} of {parameter}"
                table.add(label_of(name), words, *map(float, row), *[""] * (widest - len(row)))
