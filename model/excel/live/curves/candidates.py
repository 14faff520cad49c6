"""The table of candidates of one curve: each coefficient by its source, in the base case, in the draw, in use."""

from __future__ import annotations

import dataclasses

from model.definition.records.curves import PIECEWISE, Curve
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import ln, where
from model.excel.live.bench import Bench
from model.excel.live.curves.asked import Asked
from model.excel.live.curves.drawn import DrawnColumns
from model.excel.live.curves.fits import FitTable
from model.excel.live.curves.typed_coefficients import TypedCoefficients
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.survival import distribution, label_of
from model.survival.distributions import CANDIDATES
from model.survival.families.base import Distribution
from model.survival.families.piecewise import PiecewiseExponential
from model.survival.families.splines import RoystonParmar

FIRST_SOURCE, BASE, DRAWN, IN_USE = 3, 7, 8, 9
COLUMNS = (
    PageColumn("Candidate", "text", 58),
    PageColumn("Coefficient", "text", 60),
    PageColumn("Candidate id", "text", 24),
    PageColumn("From the evidence", "any", 16),
    PageColumn("Typed", "any", 16),
    PageColumn("Fitted to data", "any", 16),
    PageColumn("Reference arm's", "any", 16),
    PageColumn("Base case", "any", 16),
    PageColumn("In the draw", "any", 16),
    PageColumn("In use", "any", 16),
)


@dataclasses.dataclass
class Candidate:
    """One candidate of a curve: coefficients without and with the draw shown, on the natural scale.

    ``names``: of the coefficients; those of a spline are followed by the logarithms of its knots, those of a piecewise
    exponential by its cut points. ``stored``, ``typed``: 1 where fitted, or typed, coefficients are there for the options in
    use.
    """

    name: str
    family: Distribution
    names: list[str] = dataclasses.field(default_factory=list)
    base: list[Formula] = dataclasses.field(default_factory=list)
    in_use: list[Formula] = dataclasses.field(default_factory=list)
    cure_base: Formula | None = None
    cure: Formula | None = None
    stored: Formula | None = None
    typed: Formula | None = None
    aic: Formula | None = None
    effect: Formula | None = None

    @property
    def label(self) -> str:
        return label_of(self.name)


@dataclasses.dataclass
class _Own:
    """Where the coefficients of one candidate may come from, apart from the reference arm."""

    family: Distribution
    calibrated: list[Formula] | None = None
    typed: dict[str, Formula] = dataclasses.field(default_factory=dict)
    there: Formula | None = None
    row: Formula | None = None
    stored: Formula | None = None


class CandidateTable:
    """Written once per curve; ``candidates`` are in the order of the columns of the curve's sheet."""

    def __init__(
        self,
        bench: Bench,
        page: Page,
        curve: Curve,
        label: str,
        asked: Asked,
        source: Formula,
        relative: Formula,
        calibrated: dict[str, list[Formula]],
        fits: FitTable | None,
        drawn: DrawnColumns,
        theirs: list[Candidate],
    ):
        self.bench, self.curve, self.asked, self.source, self.relative = bench, curve, asked, source, relative
        self.fits, self.drawn = fits, drawn
        self.theirs = {c.name: c for c in theirs}
        self.knots: dict[tuple[int, frozenset[str]], tuple[list[Formula], list[Formula]]] = {}
        self.typed = TypedCoefficients(bench, page, curve, label, asked)
        own = self._own(calibrated)
        self.table = GrowingTable(
            page,
            f"{label}: candidates",
            "flexsurv's parametrisation, time in months. Base case: by the source of the curve in use. In use: that of "
            "the draw shown, where it was drawn.",
            COLUMNS,
        )
        names = [n for n in (*CANDIDATES, PIECEWISE) if n in own or n in self.theirs]
        self.candidates = [self._candidate(name, own.get(name), self.theirs.get(name)) for name in names]

    # ---- sources -------------------------------------------------------------------------------------------------

    def _own(self, calibrated: dict[str, list[Formula]]) -> dict[str, _Own]:
        found: dict[str, _Own] = {}
        for name in (*CANDIDATES, PIECEWISE):
            typed = self.typed.by_name.get(name)
            family = typed.family if typed is not None else None
            fitted = self.fits is not None and name in self.fits.names
            if fitted:
                assert self.fits is not None
                family = self.fits.widest(name)
            elif family is None and name in calibrated:
                family = distribution(name)
            if family is None:
                continue
            made = _Own(family, calibrated.get(name))
            if typed is not None:
                made.typed, made.there = typed.cells, typed.there
            if fitted:
                assert self.fits is not None
                made.row, made.stored = self.fits.rows[name]
            found[name] = made
        return found

    # ---- one candidate -------------------------------------------------------------------------------------------

    def _candidate(self, name: str, own: _Own | None, theirs: Candidate | None) -> Candidate:
        family = own.family if own is not None else theirs.family  # type: ignore[union-attr]
        made = Candidate(name, family, typed=own.there if own is not None else None)
        drawn = self.drawn.coefficients.get(name, [])
        for j, parameter in enumerate(family.parameters):
            fitted = self._fitted(name, own, j)
            base, in_use = self._row(
                made,
                parameter,
                own.calibrated[j] if own and own.calibrated else None,
                own.typed.get(parameter) if own else None,
                fitted,
                theirs,
                j,
                drawn[j] if j < len(drawn) else "",
            )
            made.names.append(parameter)
            made.base.append(base)
            made.in_use.append(in_use)
        if isinstance(family, RoystonParmar):
            self._knots(made, own, theirs)
        elif isinstance(family, PiecewiseExponential):
            self._cuts(made, own, theirs)
        if self.asked.cure or (theirs is not None and theirs.cure is not None):
            self._cure(made, own, theirs)
        if own is not None and own.row is not None and self.fits is not None:
            made.stored, made.aic, made.effect = own.stored, self.fits.aic(own.row), self.fits.effect(own.row)
        if own is not None and f"effect_{self.curve.arm}" in own.typed:
            shared = own.typed[f"effect_{self.curve.arm}"]
            fitted = made.effect
            made.effect = shared if fitted is None else where(self.source.equals("coefficients"), shared, fitted)
        return made

    def _fitted(self, name: str, own: _Own | None, j: int) -> Formula | None:
        """A fitted coefficient; a piecewise exponential of fewer pieces has no further rates."""
        if own is None or own.row is None or self.fits is None:
            return None
        cell = self.fits.coefficient(own.row, j)
        return where(cell.equals(""), 0, cell) if name == PIECEWISE else cell

    def _row(
        self,
        made: Candidate,
        words: str,
        calibrated: Formula | None,
        typed: Formula | None,
        fitted: Formula | None,
        theirs: Candidate | None,
        position: int | None,
        drawn: str,
    ) -> tuple[Formula, Formula]:
        """One row; ``position``: which of the reference arm's cells is its counterpart (None: its cure fraction)."""
        row = self.table.at.n_rows
        counterpart = None
        if theirs is not None:
            counterpart = theirs.cure if position is None else theirs.in_use[position]
        given = (calibrated, typed, fitted, counterpart)
        cells = [made.label, words, made.name, *("" if c is None else c for c in given)]
        at = [None if c is None else Formula(self.table.at.cell(row, FIRST_SOURCE + i), c.value) for i, c in enumerate(given)]
        base = self._by_source(*at)
        base_cell = Formula(self.table.at.cell(row, BASE), base.value)
        if drawn:
            draw_cell = Formula(self.table.at.cell(row, DRAWN), "")
            self.table.add(*cells, base, self.bench.inputs.drawn(drawn), where(draw_cell.equals(""), base_cell, draw_cell))
        else:
            self.table.add(*cells, base, "", base_cell)
        return self.table.cell(row, BASE), self.table.cell(row, IN_USE)

    def _by_source(
        self, calibrated: Formula | None, typed: Formula | None, fitted: Formula | None, theirs: Formula | None
    ) -> Formula:
        """The cell that the source of the curve in use points to."""
        own: Formula | None = None
        for cell, source in ((fitted, ""), (typed, "coefficients"), (calibrated, "evidence")):
            if cell is not None:
                own = cell if own is None else where(self.source.equals(source), cell, own)
        if theirs is None:
            return own if own is not None else Formula("0", 0.0)
        return theirs if own is None else where(self.relative, theirs, own)

    def _knots(self, made: Candidate, own: _Own | None, theirs: Candidate | None) -> None:
        """The knots in months, and their logarithms, which the spline takes; shared by the fits to the same data."""
        assert isinstance(made.family, RoystonParmar)
        count, n = len(made.family.knots), len(made.family.parameters)
        typed = own.typed if own is not None else {}
        alike = not typed and (self.fits is None or own is None or own.row is not None)
        key = (count, frozenset(self.fits.options_of(made.name)) if self.fits and own else frozenset())
        made.names += [f"log of knot {k}" for k in range(count)]
        if alike and key in self.knots:
            base, in_use = self.knots[key]
            made.base += base
            made.in_use += in_use
            return
        pairs = []
        for k in range(count):
            fitted = self.fits.time(own.row, k) if own and own.row is not None and self.fits else None
            own_log, fitted_log = (None if c is None else ln(c) for c in (typed.get(f"knot{k}"), fitted))
            words = f"Logarithm of knot {k}, in months"
            pairs.append(self._row(made, words, None, own_log, fitted_log, theirs, n + k, ""))
        made.base += [p[0] for p in pairs]
        made.in_use += [p[1] for p in pairs]
        if alike:
            self.knots[key] = ([p[0] for p in pairs], [p[1] for p in pairs])

    def _cuts(self, made: Candidate, own: _Own | None, theirs: Candidate | None) -> None:
        """The cut points; those that a fit does not have lie beyond every horizon, and their rates are never reached."""
        assert isinstance(made.family, PiecewiseExponential)
        n = len(made.family.parameters)
        for k in range(len(made.family.cuts)):
            fitted = None
            if own is not None and own.row is not None and self.fits is not None:
                cell = self.fits.time(own.row, k)
                fitted = where(cell.equals(""), self.bench.constants.beyond, cell)
            base, in_use = self._row(made, f"Cut point {k + 1}, months", None, None, fitted, theirs, n + k, "")
            made.names.append(f"cut point {k + 1}")
            made.base.append(base)
            made.in_use.append(in_use)

    def _cure(self, made: Candidate, own: _Own | None, theirs: Candidate | None) -> None:
        typed = own.typed.get("cure_fraction") if own is not None else None
        fitted = self.fits.cure(own.row) if own and own.row is not None and self.fits else None
        counterpart = theirs if theirs is not None and theirs.cure is not None else None
        made.cure_base, made.cure = self._row(
            made, "Cure fraction", None, typed, fitted, counterpart, None, self.drawn.cure.get(made.name, "")
        )
