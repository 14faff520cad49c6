"""What it would be worth to know more: every input, every group of inputs, and a further trial of growing size."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pandas as pd

from model.analysis import decision
from model.analysis.analysis import Analysis, Results, Tables, draws_of
from model.analysis.probabilistic.psa import PSA
from model.analysis.research import SurvivalStudy
from model.analysis.shown_result import ShownResult
from model.constants import MONTHS_PER_YEAR
from model.definition.model_definition import ModelDefinition

TABLES = 3  # of this analysis, for who shows its progress
FOLLOW_UP_MONTHS = 60.0  # as long as PATINA's curves are known
SIZES = (50, 100, 200, 400, 800, 1600, 3200, 6400)  # patients of each arm: doublings around PATINA's 259


@dataclasses.dataclass(frozen=True)
class ValueOfInformation(ShownResult):
    """Result per patient at ``thresholds``: those of the decision, and the ratio of means, at which the decision is least
    certain. Tables as ``decision.evppi`` and ``PSA.evsi``; ``trial`` is the design of which ``evsi`` tells."""

    TITLE = "Value of information"
    REST = "groups"

    psa: PSA
    thresholds: list[float]
    groups: pd.DataFrame
    parameters: pd.DataFrame
    trial: SurvivalStudy | None
    evsi: pd.DataFrame | None

    def shown_table(self) -> pd.DataFrame:
        """EVPPI of the groups."""
        return self.groups

    @property
    def definition(self) -> ModelDefinition:
        """The model."""
        return self.psa.definition


def value_of_information(psa: PSA, progress: Callable[[int], None] | None = None) -> ValueOfInformation | None:
    """EVPPI of the default groups and of every input, and EVSI of a trial of both endpoints; None where there are too few
    draws for a regression (``decision.FEWEST_DRAWS``) or nothing is uncertain. ``progress``: one call per table.

    >>> import model
    >>> from model.analysis import value_of_information
    >>> found = value_of_information(model.psa(model.example(), draws=400))
    >>> bool((found.groups["evppi"] >= 0).all()), found.evsi.columns.tolist()[:2]
    (True, ['size', 'patients'])
    """
    if psa.outcomes.n_draws < decision.FEWEST_DRAWS or not psa.draws.varying():
        return None
    tell = progress or (lambda done: None)
    thresholds = list(psa.definition.decision_thresholds())
    if psa.icer is not None and psa.icer not in thresholds:
        thresholds.append(psa.icer)
    groups = psa.evppi("default", thresholds)
    tell(1)
    parameters = psa.evppi("parameters", thresholds)
    tell(1)
    trial, evsi = None, None
    months = psa.definition.settings.horizon_years * MONTHS_PER_YEAR
    if months > FOLLOW_UP_MONTHS and _survival_varies(psa):
        trial = SurvivalStudy(follow_up_months=FOLLOW_UP_MONTHS)
        evsi = psa.evsi(trial, SIZES, thresholds)
    tell(1)
    return ValueOfInformation(psa, thresholds, groups, parameters, trial, evsi)


def _survival_varies(psa: PSA) -> bool:
    groups = psa.groups_of_sheets()
    return bool(groups.keys() & {"Overall survival", "Progression-free survival"})


def _tables(found: ValueOfInformation, _: Results) -> Tables:
    made: Tables = {"evppi": lambda: found.groups, "evppi_inputs": lambda: found.parameters}
    if (evsi := found.evsi) is not None:
        made["evsi"] = lambda: evsi
    return made


ANALYSIS = Analysis(
    ValueOfInformation,
    "Value of information",
    lambda asked: [value_of_information(asked.results.the(PSA), asked.done)],
    steps=lambda *_: TABLES,
    seconds=lambda definition, how: 6.0e-4 * draws_of(definition, how),
    tables=_tables,
)
