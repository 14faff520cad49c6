"""The Kaplan-Meier part of a curve: the cumulative hazard after each event, looked up by time."""

from __future__ import annotations

import dataclasses

import numpy as np

from model.definition.curves.from_data import observations
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import FROM_DATA, Curve
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import match_below, minimum
from model.excel.live.curves.fits import variants
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import GrowingTable
from model.excel.pages.page import Page
from model.survival.families.base import Distribution
from model.survival.families.kaplan_meier_tail import kaplan_meier_tail
from model.survival.kaplan_meier import kaplan_meier


@dataclasses.dataclass(frozen=True)
class KaplanMeierTable:
    """Event times and the cumulative hazard of each piece after each of them (a row for time zero first). ``follow_up``: its
    end in months."""

    sources: tuple[str, ...]
    times: Formula
    pieces: Formula
    n_pieces: int
    follow_up: float

    def hazard(self, time: Formula, until: Formula, factors: Formula) -> Formula:
        """Cumulative hazard at a time, held from ``until`` on; ``factors``: a row of cells, one per piece."""
        place = match_below(minimum(time, until), self.times)
        rows = np.asarray(place.value, dtype=int) - 1
        value = self.pieces.value[rows] @ np.asarray(factors.value, dtype=float)
        return Formula(f"SUMPRODUCT(INDEX({self.pieces.text},{place.text},0),{factors.text})", value)


def kaplan_meier_table(page: Page, definition: ModelDefinition, curve: Curve, label: str) -> KaplanMeierTable | None:
    """The Kaplan-Meier curve of the data, by the pieces that the run draws apart; None where no scenario asks for one."""
    asked = [
        own
        for v in variants(definition)
        if (own := v.curve(curve.arm, curve.endpoint)) is not None and own.km_until is not None and own.source in FROM_DATA
    ]
    if not asked:
        return None
    data = observations(definition, asked[0])
    km = kaplan_meier(data)
    at_risk = km.at_risk(km.times)
    steps = -np.log1p(-np.minimum(km.n_events / at_risk, 1 - 1e-12))
    cuts = np.array([np.inf])
    if curve.km_until is not None and curve.source == asked[0].source:
        family, _, _ = kaplan_meier_tail(km.times, km.n_events, at_risk, _NoTail(), curve.km_until)
        cuts = family.cuts
    piece = np.minimum(np.searchsorted(cuts, km.times, side="left"), len(cuts) - 1)
    totals = np.cumsum(np.where(piece[:, None] == np.arange(len(cuts)), steps[:, None], 0.0), axis=0)
    table = GrowingTable(
        page,
        f"{label}: Kaplan-Meier curve",
        "[S] Cumulative hazard after each event, by the pieces of time whose sampling error is drawn apart.",
        [
            PageColumn("Months", "any", 58),
            *(PageColumn(f"Piece {j + 1}", "any", 60 if j == 0 else 16) for j in range(len(cuts))),
        ],
    )
    table.add(0.0, *[0.0] * len(cuts))
    for time, row in zip(km.times, totals, strict=True):
        table.add(float(time), *(float(v) for v in row))
    first, last = table.at.cell(0, 1), table.at.cell(table.at.n_rows - 1, len(cuts))
    values = np.concatenate([np.zeros((1, len(cuts))), totals])
    pieces = Formula(f"{first}:{last.rsplit('!', 1)[1]}", values)
    return KaplanMeierTable((asked[0].source,), table.span(0), pieces, len(cuts), data.follow_up)


class _NoTail(Distribution):
    """A tail that nothing is asked of: the pieces do not depend on it."""

    name = label = "tail"
    parameters = estimation_scale = time_role = ()
    proportional_hazards = False

    def _cumulative_hazard(self, time: np.ndarray, *columns: np.ndarray) -> np.ndarray:
        return np.zeros_like(time)

    _log_hazard = _quantile = _mean = _cumulative_hazard  # type: ignore[assignment]
