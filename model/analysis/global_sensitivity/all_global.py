"""Which inputs matter: variance-based indices, screening, both beside tornado and EVPPI, and the two largest together."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pandas as pd

from model.analysis.analysis import Analysis, Asked, Results, Tables
from model.analysis.deterministic.one_way import OneWay
from model.analysis.deterministic.two_way import TwoWay, two_way
from model.analysis.global_sensitivity import Morris, Sobol, morris, sobol
from model.analysis.global_sensitivity.ranking import Ranking, rank_inputs
from model.analysis.probabilistic.psa import PSA
from model.analysis.shown_result import ShownResult
from model.choices import SOBOL_RUNS
from model.definition.model_definition import ModelDefinition
from model.definition.problems import DefinitionError
from model.engine.executors import Executor

GRID_POINTS = 11  # steps of a tenth of the range: a table that fits a page


@dataclasses.dataclass(frozen=True)
class Sensitivity(ShownResult):
    """Result at one threshold; ``two_way`` is None where fewer than two inputs can be moved over a grid."""

    TITLE = "Global sensitivity"
    COLUMNS = ("label", "swing", "sobol_total", "evppi", "swing_rank", "sobol_rank", "evppi_rank")
    REST = "ranking.table()"

    sobol: Sobol
    morris: Morris
    ranking: Ranking
    two_way: TwoWay | None

    def shown_table(self) -> pd.DataFrame:
        """The ranking."""
        return self.ranking.table()

    @property
    def definition(self) -> ModelDefinition:
        """The model."""
        return self.ranking.definition


def sensitivity(
    one_way: OneWay,
    psa: PSA,
    runs: int = SOBOL_RUNS,
    seed: int | None = None,
    progress: Callable[[int], None] | None = None,
    threads: int | None = None,
    executor: Executor | None = None,
) -> Sensitivity | None:
    """Sobol indices from ``runs`` model runs, Morris screening, ranking, and the two inputs of the largest indices over a
    grid; None where fewer than two inputs are uncertain. ``progress`` is called with numbers of model runs.

    >>> import model
    >>> from model.analysis import sensitivity
    >>> small = model.example()
    >>> found = sensitivity(model.one_way(small), model.psa(small), runs=256)
    >>> len(found.ranking.table()) == len(found.sobol.table())
    True
    """
    definition = psa.definition
    if len(psa.draws.varying()) < 2:
        return None
    varied = sobol(definition, runs, seed, progress=progress, threads=threads, executor=executor)
    screened = morris(definition, seed=seed, progress=progress, threads=threads, executor=executor)
    varied.indices("qalys")
    screened.effects()  # both are kept for tables and figures, also in a second process: it need not load what finds them
    ranking = rank_inputs(one_way, varied, psa)
    return Sensitivity(varied, screened, ranking, _grid(ranking))


def _grid(ranking: Ranking) -> TwoWay | None:
    """The two inputs with the largest total indices among those that a grid can move."""
    names = [str(name) for name in ranking.table()["input"]]
    for k, first in enumerate(names):
        for second in names[k + 1 :]:
            try:
                return two_way(ranking.definition, first, second, points=GRID_POINTS)
            except (DefinitionError, ValueError):
                continue
    return None


def _run(asked: Asked) -> list[object]:
    how = asked.settings
    one, sampled = asked.results.the(OneWay), asked.results.the(PSA)
    return [sensitivity(one, sampled, how.sobol_runs, how.seed, asked.done, how.threads, how.executor)]


def _tables(found: Sensitivity, _: Results) -> Tables:
    made: Tables = {
        "input_ranking": found.ranking.table,
        "sobol_inmb": found.sobol.table,
        "sobol_qalys": lambda: found.sobol.table("qalys"),
        "morris_inmb": found.morris.table,
    }
    if found.two_way is not None:
        made["two_way"] = found.two_way.table
    return made


ANALYSIS = Analysis(
    Sensitivity,
    "Global sensitivity",
    _run,
    steps=lambda _, how: how.sobol_runs,
    tables=_tables,
    seconds=lambda _, how: 1.35e-4 * how.sobol_runs,
)
