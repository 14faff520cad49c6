"""What the inputs of a run and its scenarios ask of each curve: the sheets hold what may be selected."""

from __future__ import annotations

import dataclasses

from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import FROM_DATA, MODEL_AVERAGE, Curve
from model.excel.live.curves.fits import variants
from model.survival.programs.programs import OWN
from model.survival.programs.time_units import MONTHS


@dataclasses.dataclass(frozen=True)
class Asked:
    """Values of a curve's options, over the inputs and every scenario.

    ``converted``: typed coefficients are, anywhere, as another program prints them or in another unit than months.
    ``on_own_sheet``: an effect on time or on the share cured makes it from the reference arm's, on a sheet of its own.
    """

    sources: frozenset[str]
    cures: frozenset[str]
    mortalities: frozenset[str]
    fitted: frozenset[str]
    kaplan_meier: bool
    averaged: bool
    converted: bool
    on_own_sheet: bool

    @property
    def from_data(self) -> bool:
        return not self.sources.isdisjoint(FROM_DATA)

    @property
    def cure(self) -> bool:
        return self.cures != {"none"}

    @property
    def excess(self) -> bool:
        return "excess" in self.mortalities

    @property
    def jointly(self) -> bool:
        return "jointly" in self.fitted


def asked_of(definition: ModelDefinition, curve: Curve) -> Asked:
    """The options of one curve."""
    found = [c for v in variants(definition) if (c := v.curve(curve.arm, curve.endpoint)) is not None]
    rows = [w for w in definition.model_weights if (w.arm, w.endpoint) == (curve.arm, curve.endpoint)]
    sources = frozenset(c.source for c in found)
    return Asked(
        sources,
        frozenset(c.cure for c in found),
        frozenset(c.mortality for c in found),
        frozenset(c.fitted for c in found),
        any(c.km_until is not None for c in found),
        bool(rows) or not sources.isdisjoint(FROM_DATA) or any(c.distribution == MODEL_AVERAGE for c in found),
        any((c.parametrisation, c.time_unit) != (OWN, MONTHS) for c in found),
        any(c.source == "relative_effect" and c.effect in ("acceleration_factor", "cure_odds_ratio") for c in found),
    )
