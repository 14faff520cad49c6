"""Write the results of a run: workbook, figures and tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any

import pandas as pd

from model.analysis import decision, switching_value_table, value_based_prices
from model.analysis.base_case import against_evidence
from model.analysis.base_case.post_progression import implied_mortality
from model.analysis.base_case.treatment_effects import treatment_effects
from model.analysis.columns.base_case import TRACE
from model.analysis.columns.evidence import PARAMETERS
from model.analysis.curve_choice import all_tables, endpoints_of
from model.analysis.prices.switching_price import switching_prices
from model.analysis.probabilistic.mean_against_base_case import mean_against_base_case
from model.analysis.probabilistic.monte_carlo_error import running_means
from model.analysis.probabilistic.resampling import crossing_by_uncertainty, resampling_matters
from model.cli.job import Clock, Results
from model.cli.progress import Progress
from model.cli.staging import Staging, staged
from model.cli.tables_folder import write_tables
from model.definition import ModelDefinition
from model.definition.labels import all_labels
from model.engine.trace import Trace
from model.excel.output import write_workbook
from model.figures import figure_groups, write_figures

LARGE_RUN_DRAWS = 2000
TOLD = ("precision", "mean_against_base_case", "price_sentences", "curve_warnings")
"""What the console tells, and no sheet or figure of its own shows."""


def publish(results: Results, record: dict[str, object], out: Path, progress: Progress, clock: Clock) -> Staging:
    """Write workbook, figures, tables and run.json into ``out`` (see :func:`staged`); the files stand in ``files``.

    Each table, each group of figures and the workbook is a part of its own: a fault in one costs none of the others.
    """
    with staged(out, record) as made:
        _write_all(results, record, made, out.name, progress, clock)
        made.record["seconds"] = clock.seconds
    return made


def _write_all(
    results: Results, record: dict[str, object], made: Staging, name: str, progress: Progress, clock: Clock
) -> None:
    folder = made.folder
    with _drawing(results, made, progress):
        with progress.task("Tables", 1) as done:
            write_tables(made, tables(results), results.base.definition.settings.currency)
            done(1)
        clock.lap("tables")
        with progress.task("Workbook", 1) as done, made.part("the workbook"):
            write_workbook(folder / f"{name}.xlsx", **analyses(results), run=record, price_sentences=results.price_sentences)
            done(1)
        clock.lap("workbook")
    clock.lap("figures")


@contextmanager
def _drawing(results: Results, made: Staging, progress: Progress) -> Iterator[None]:
    """Draw the figures while the body runs: in a process of their own for a large run, else after the body."""
    large = results.psa is not None and results.psa.outcomes.n_draws >= LARGE_RUN_DRAWS
    with progress.task("Figures", 1) as done:
        if large and (os.cpu_count() or 1) > 1:
            with ProcessPoolExecutor(1, get_context("spawn"), _end_with_parent) as pool:
                drawn = pool.submit(_draw, results, made.folder / "figures")
                try:
                    yield
                    with made.part("figures"):
                        made.lost += drawn.result()
                except BaseException:
                    for process in active_children():  # what they draw is not wanted any more
                        process.terminate()
                    raise
        else:
            yield
            made.lost += _draw(results, made.folder / "figures")
        done(1)


def _end_with_parent() -> None:
    """The process that draws ends when the run that wants the figures is killed, also while it still waits for them."""
    parent = parent_process()
    if parent is not None:

        def watch(end: int = parent.sentinel) -> None:
            wait([end])
            os._exit(1)

        Thread(target=watch, daemon=True).start()


def _draw(results: Results, folder: Path) -> list[str]:
    """Draw the figures, group by group; returns what could not be made."""
    drawing = Staging(folder, {})
    for what, make in figure_groups(**analyses(results)).items():
        with drawing.part(f"figure {what}"):
            write_figures(make(), folder)
    return drawing.lost


def analyses(results: Results) -> dict[str, Any]:
    """The analyses of a run by name, as workbook and figures take them."""
    return {name: value for name, value in vars(results).items() if name not in TOLD}


def tables(results: Results) -> dict[str, Callable[[], pd.DataFrame]]:
    """Every table of a run by file stem, made when called."""
    base, definition = results.base, results.base.definition
    found: dict[str, Callable[[], pd.DataFrame]] = {
        "totals": base.totals,
        "incremental": base.incremental,
        "pairwise": base.pairwise,
        "net_benefit": base.net_benefit,
        "costs": lambda: _both(base.costs),
        "qalys": lambda: _both(base.qalys),
        "life_years": lambda: _both(base.life_years),
        "resource_use": base.resource_use,
        "survival": base.survival,
        "implied_hazard_ratio": base.implied_hazard_ratio,
        "crossing": base.crossing,
        "post_progression": base.post_progression,
        "threshold_prices": lambda: value_based_prices(definition).table(),
        "prices_against_all_options": lambda: switching_prices(definition).table(),
        "trial_against_model": lambda: against_evidence.trial_against_model(base),
        "external_evidence": lambda: against_evidence.external_evidence(base),
        "candidate_curves": lambda: against_evidence.candidate_curves(definition),
        "parameters": lambda: parameters(definition),
    }
    found["treatment_effects"] = lambda: treatment_effects(definition)
    for stem, table in all_tables(endpoints_of(definition)).items():
        found[f"fit_{stem}"] = partial(_as_is, table)
    for arm, trace in base.traces.items():
        found[f"implied_mortality_{arm}"] = partial(implied_mortality, definition, trace)
        found[f"trace_{arm}"] = partial(trace_table, trace)
    if (one := results.one_way) is not None:
        found["one_way"] = one.table
        found["one_way_excluded"] = lambda: one.excluded
    if (several := results.scenarios) is not None:
        found["scenarios"] = several.table
    if (psa := results.psa) is not None:
        top = definition.willingness_to_pay()
        found |= {
            "psa_results": psa.results,
            "psa_draws": psa.table,
            "psa_crossing": psa.crossing,
            "psa_sampled_moments": psa.sampled_moments,
            "psa_sampled_coefficients": psa.sampled_coefficients,
            "psa_sampled_correlations": psa.sampled_correlations,
            "psa_quadrants": lambda: psa.quadrants(top),
            "psa_against_base": lambda: (results.mean_against_base_case or mean_against_base_case(psa)).table,
            "psa_running_means": lambda: running_means(psa),
            "psa_convergence": lambda: psa.convergence(top),
            "ceac": lambda: psa.ceac().reset_index(),
            "ceaf": lambda: psa.ceaf().reset_index(),
            "expected_loss": lambda: psa.expected_loss().reset_index(),
            "evpi": lambda: psa.evpi().reset_index(),
            **({"curve_uncertainty": lambda: crossing_by_uncertainty(definition)} if resampling_matters(definition) else {}),
            **({"evppi": psa.evppi} if results.information is None and psa.outcomes.n_draws >= decision.FEWEST_DRAWS else {}),
        }
    return found | deep_tables(results)


def deep_tables(results: Results) -> dict[str, Callable[[], pd.DataFrame]]:
    """Tables of the price, sensitivity and information analyses that were run."""
    found: dict[str, Callable[[], pd.DataFrame]] = {}
    if (prices := results.prices) is not None:
        found |= {
            "value_based_prices": prices.value_based_prices.lines,
            "threshold_values": lambda: switching_value_table(prices.switching_values),
        }
        if (chance := prices.probability) is not None:
            found |= {"price_chance": chance.table, "price_probability": lambda: chance.curve().reset_index()}
        if (net := prices.net_prices) is not None:
            found["net_prices"] = net.table
    if (varied := results.sensitivity) is not None:
        found |= {
            "input_ranking": varied.ranking.table,
            "sobol_inmb": varied.sobol.table,
            "sobol_qalys": lambda: varied.sobol.table("qalys"),
            "morris_inmb": varied.morris.table,
        }
        if (pair := varied.two_way) is not None:
            found["two_way"] = pair.table
    if (known := results.information) is not None:
        found |= {"evppi": partial(_as_is, known.groups), "evppi_inputs": partial(_as_is, known.parameters)}
        if known.evsi is not None:
            found["evsi"] = partial(_as_is, known.evsi)
    return found


def _as_is(table: pd.DataFrame) -> pd.DataFrame:
    return table


def _both(make: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """A disaggregated table, discounted and undiscounted, one below the other."""
    parts = {name: make(name) for name in ("discounted", "undiscounted")}
    return pd.concat(parts, names=["discounting"]).reset_index(level=0)


def trace_table(trace: Trace) -> pd.DataFrame:
    """The trace of one arm as one table: time and curves, then every discounted and undiscounted component."""
    columns = dict(trace.columns)
    for name, parts in (("discounted", trace.discounted), ("undiscounted", trace.undiscounted)):
        columns |= {f"{kind} {category}, {name}": values for (kind, category), values in parts.items()}
    return TRACE.frame(columns)


def parameters(definition: ModelDefinition) -> pd.DataFrame:
    """The dictionary of parameters: id, name, value, uncertainty and source of each."""
    labels = all_labels(definition)
    rows = [
        (
            name,
            labels.get(name, name),
            p.value,
            p.unit,
            p.distribution,
            p.standard_error,
            p.sample_size,
            p.low,
            p.high,
            p.source,
            p.quality,
            p.notes,
        )
        for name, p in definition.parameters.items()
    ]
    return PARAMETERS.frame(rows)
