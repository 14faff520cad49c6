"""The probabilistic analysis of a run: its draws, why their mean differs from the base case, how precise they are."""

from __future__ import annotations

from model.analysis import decision
from model.analysis.analysis import Analysis, Asked, Results, RunSettings, Tables, draws_of
from model.analysis.probabilistic.by_structure import structure_varies
from model.analysis.probabilistic.mean_against_base_case import MeanAgainstBaseCase, mean_against_base_case
from model.analysis.probabilistic.monte_carlo_error import Precision, Tolerance, running_means
from model.analysis.probabilistic.psa import PSA, psa
from model.analysis.probabilistic.psa_until import psa_until
from model.analysis.probabilistic.resampling import crossing_by_uncertainty, resampling_matters
from model.definition.model_definition import ModelDefinition


def tolerance_of(settings: RunSettings) -> Tolerance:
    """The tolerance asked for, or the default one."""
    return Tolerance() if settings.tolerance is None else Tolerance(settings.tolerance, settings.tolerance)


def _run(asked: Asked) -> list[object]:
    definition, how = asked.definition, asked.settings
    reached: Precision | None = None
    if how.draws == "auto":
        made, reached = psa_until(definition, tolerance_of(how), how.seed, how.threads, executor=how.executor)
    else:
        made = psa(definition, how.draws, how.seed, how.threads, asked.done, executor=how.executor)
    return [made, reached, mean_against_base_case(made)]


def _steps(definition: ModelDefinition, how: RunSettings) -> int:
    return 1 if how.draws == "auto" else draws_of(definition, how)


def _words(definition: ModelDefinition, how: RunSettings) -> str:
    draws = "draws until precise" if how.draws == "auto" else f"{_steps(definition, how):,} draws"
    return f"Probabilistic analysis, {draws}"


def _tables(found: PSA, results: Results) -> Tables:
    top = found.definition.willingness_to_pay()
    made: Tables = {
        "psa_results": found.results,
        "psa_draws": found.table,
        "psa_crossing": found.crossing,
        "psa_coherence": found.coherence,
        "psa_sampled_moments": found.sampled_moments,
        "psa_sampled_coefficients": found.sampled_coefficients,
        "psa_sampled_correlations": found.sampled_correlations,
        "survival_intervals": lambda: found.curve_intervals.table(),
        "restricted_means": lambda: found.curve_intervals.restricted_means(),
        "psa_quadrants": lambda: found.quadrants(top),
        "psa_against_base": lambda: (results.of(MeanAgainstBaseCase) or mean_against_base_case(found)).table,
        "psa_running_means": lambda: running_means(found),
        "psa_convergence": lambda: found.convergence(top),
        "ceac": lambda: found.ceac().reset_index(),
        "ceaf": lambda: found.ceaf().reset_index(),
        "expected_loss": lambda: found.expected_loss().reset_index(),
        "evpi": lambda: found.evpi().reset_index(),
    }
    if found.outcomes.pairs:
        made["psa_crossing_of_states"] = found.crossing_of_states
    if structure_varies(found):
        made["psa_by_structure"] = found.by_structure
    if resampling_matters(found.definition):
        made["curve_uncertainty"] = lambda: crossing_by_uncertainty(found.definition)
    if found.outcomes.n_draws >= decision.FEWEST_DRAWS:
        made["evppi"] = found.evppi  # that of the value of information, where it is run, takes its place
    return made


def _lines(found: PSA, results: Results) -> list[str]:
    lines = ["", found.summary(found.curves_against_base_case)]
    gap, reached = results.of(MeanAgainstBaseCase), results.of(Precision)
    if gap is not None and gap.large:
        lines.append(gap.summary())
    if reached is not None:
        lines.append(reached.summary(found.definition.settings.currency))
    return lines


ANALYSIS = Analysis(
    PSA,
    "Probabilistic analysis",
    _run,
    _steps,
    _words,
    _tables,
    _lines,
    seconds=lambda definition, how: 2.7e-4 * draws_of(definition, how),
)
