"""The family, the coefficients and their uncertainty of every curve, wherever the curve comes from."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.definition.curves.after_progression import Estimated, Published, has_own, os_by_states, reference_arm
from model.definition.curves.early_part import early_table, kaplan_meier_part, table_of
from model.definition.curves.from_data import candidate_names, fit_judged, fit_of, joint_arms, joint_fit_of, resamples_of
from model.definition.curves.from_evidence import calibrated, statistics_of
from model.definition.curves.typed import as_printed, family_of_typed, typed_covariance, typed_rows
from model.definition.model_definition import ModelDefinition
from model.definition.records.curves import FROM_DATA, MODEL_AVERAGE, Curve, Evidence
from model.definition.shares import sum_to_one
from model.definition.structure import by_states
from model.shown import Shown, View
from model.survival import distribution
from model.survival.calibration import Calibration
from model.survival.distributions import STANDARD_NAMES
from model.survival.estimation import EDGE_OF_SHARE, Fit
from model.survival.families.base import Distribution
from model.survival.families.model_average import ModelAverage, aic_weights
from model.survival.families.one_of_several import behind_own_parts
from model.survival.families.survival_table import SurvivalTable
from model.survival.families.table_tail import TableTail
from model.survival.shown_coefficients import coefficients_view
from model.survival.summary_statistics import CoefficientPrior, Statistic


@dataclasses.dataclass(frozen=True, eq=False)
class CurveCoefficients(Shown):
    """A family with its natural-scale coefficients ``(k,)``.

    covariance: ``(k, k)`` on the estimation scale, or None where the coefficients are independent parameters or
    known. stream: id of the random stream (curves estimated jointly share one). resamples: ``(resamples, k)``
    coefficients of refits to resampled patients, which then take the place of the covariance; nan for coefficients
    that are drawn from the covariance all the same.
    """

    family: Distribution
    natural: Array
    covariance: Array | None
    stream: str
    resamples: Array | None = None

    @property
    def estimates(self) -> Array:
        """The coefficients on the estimation scale ``(k,)``."""
        return self.family.to_estimation(self.natural)

    @property
    def averaged(self) -> bool:
        """Is the curve an average of several families, of which each draw takes one?"""
        return isinstance(self.family, ModelAverage)

    def view(self) -> View:
        """The coefficients with their standard errors on the estimation scale."""
        return coefficients_view(self.family, self.estimates, self.covariance, f"Curve: {self.family.label}")


def curve_coefficients(definition: ModelDefinition, curve: Curve) -> CurveCoefficients | None:
    """The coefficients of a curve that has its own; None for a relative effect, and in a state-transition model for OS of
    an arm whose survival after progression is linked to another's."""
    if curve.endpoint == "os" and by_states(definition):
        return _by_states(definition, curve)
    if curve.source == "relative_effect":
        return None
    if curve.source == "survival_table":
        return _from_table(definition, curve)
    if curve.distribution == MODEL_AVERAGE:
        return _average(definition, curve)
    if curve.source in FROM_DATA and curve.fitted == "jointly":
        return _jointly(definition, curve)
    made = candidate(definition, curve, curve.distribution)
    if curve.km_until is None:
        return made
    return (_with_kaplan_meier if curve.source in FROM_DATA else _after_table)(definition, curve, made)


def joint_stream(endpoint: str) -> str:
    """Id of the random stream that the arms of an endpoint share, where their curves share coefficients."""
    return f"curves.joint.{endpoint}"


def candidate(definition: ModelDefinition, curve: Curve, name: str) -> CurveCoefficients:
    """One candidate distribution of a curve that has its own, without any Kaplan-Meier part."""
    if curve.source == "evidence":
        made = calibration(definition, curve, name)
        return CurveCoefficients(distribution(name), made.coefficients, made.covariance, curve.id)
    if curve.source in FROM_DATA:
        fit = fit_of(definition, curve, name)
        resamples = None
        if definition.settings.curve_uncertainty == "bootstrap":
            resamples = np.where(at_edge(fit), np.nan, resamples_of(definition, curve, name))
        return CurveCoefficients(fit.distribution, fit.coefficients, fit.covariance, curve.id, resamples)
    return _typed(definition, curve, name)


def statistics(definition: ModelDefinition, curve: Curve) -> list[Statistic]:
    """The statistics that a curve is calibrated to; a hazard ratio with the hazard of the curve it refers to."""
    return [statistic for _, statistic in statistics_by_row(definition, curve)]


def statistics_by_row(definition: ModelDefinition, curve: Curve) -> list[tuple[Evidence, Statistic]]:
    """The same, each beside its row of the evidence."""

    def reference_hazard(reference: Curve, month: float) -> float:
        made = curve_coefficients(definition, reference)
        assert made is not None
        return float(made.family.cumulative_hazard(np.array([month]), made.natural)[0])

    return statistics_of(definition, curve, reference_hazard)


def calibration(definition: ModelDefinition, curve: Curve, name: str) -> Calibration:
    """One candidate distribution calibrated to the evidence of a curve's arm and endpoint."""
    return calibrated(name, tuple(statistics(definition, curve)))


def candidates(definition: ModelDefinition, curve: Curve) -> dict[str, Calibration]:
    """Every distribution calibrated to the evidence of a curve's arm and endpoint."""
    return {name: calibration(definition, curve, name) for name in STANDARD_NAMES}


def at_edge(fit: Fit) -> NDArray[np.bool_]:
    """Which coefficients ``(k,)`` are shares (cure fractions) held at 0 or 1. Refits to resampled patients would leave them
    there: the bootstrap is not consistent at the edge (Andrews 2000, Econometrica 68:399), so that these are drawn from
    their profile likelihood all the same."""
    share = np.array([scale == "logit" for scale in fit.distribution.estimation_scale])
    return share & (np.abs(fit.estimates) >= EDGE_OF_SHARE)


def _by_states(definition: ModelDefinition, curve: Curve) -> CurveCoefficients | None:
    """OS in the coefficients of survival after progression; they are calibrated, whatever the curve's own source."""
    if not has_own(definition, curve.arm):
        return None
    family, made = os_by_states(definition, curve.arm, *sources_of_states(definition))
    return CurveCoefficients(family, made.coefficients, made.covariance, curve.id)


def sources_of_states(definition: ModelDefinition) -> tuple[Estimated, Published]:
    """Where a state-transition model takes curves of PFS and published OS from."""

    def estimated(curve: Curve) -> tuple[Distribution, Array]:
        made = curve_coefficients(definition, curve)
        assert made is not None
        return made.family, made.natural

    def published(arm: str) -> tuple[Statistic, ...]:
        curve = definition.curve(arm, "os")
        assert curve is not None
        if not has_own(definition, arm) or arm == reference_arm(definition):
            curve = dataclasses.replace(curve, reference_arm=None)  # a ratio to another arm is the link's
        return tuple(s for s in statistics(definition, curve) if not isinstance(s, CoefficientPrior))

    return estimated, published


def _typed(definition: ModelDefinition, curve: Curve, name: str) -> CurveCoefficients:
    rows = typed_rows(definition, curve, name)
    family = family_of_typed(definition, curve, name)
    printed = as_printed(curve, family, definition.settings.days_per_month)
    values = np.array([rows[p].parameter.value for p in printed.names])
    covariance = typed_covariance(definition, curve, name, printed.names)
    covariance = None if covariance is None else printed.covariance(values, covariance)
    stream = joint_stream(curve.endpoint) if curve.fitted == "jointly" else curve.id
    return CurveCoefficients(family, printed.natural(values), covariance, stream)


def _from_table(definition: ModelDefinition, curve: Curve) -> CurveCoefficients:
    family = table_of(definition, curve)
    return CurveCoefficients(family, np.ones(len(family.parameters)), _errors_of(family), curve.id)


def _errors_of(table: SurvivalTable) -> Array:
    """Covariance ``(J, J)`` of the logarithms of a table's factors."""
    return np.zeros((0, 0)) if table.error is None else table.error.covariance


def _after_table(definition: ModelDefinition, curve: Curve, tail: CurveCoefficients) -> CurveCoefficients:
    """A survival table or Kaplan-Meier curve until ``km_until``, then the tail; their sampling errors are independent. Typed
    coefficients without a covariance stay inputs of their own, with no variance here."""
    assert curve.km_until is not None
    table = early_table(definition, curve)
    family = TableTail(table, tail.family, curve.km_until, curve.tail_clock)
    own = np.zeros((len(tail.natural),) * 2) if tail.covariance is None else tail.covariance
    natural = np.concatenate([np.ones(len(table.parameters)), tail.natural])
    return CurveCoefficients(family, natural, _block_diagonal(_errors_of(table), own), curve.id)


def _with_kaplan_meier(definition: ModelDefinition, curve: Curve, tail: CurveCoefficients) -> CurveCoefficients:
    """Kaplan-Meier until ``km_until``, then the tail; its sampling error is independent of the tail's."""
    assert tail.covariance is not None
    family, factors, errors = kaplan_meier_part(definition, curve, tail.family)
    covariance = _block_diagonal(errors, tail.covariance)
    resamples = None
    if tail.resamples is not None:
        unknown = np.full((len(tail.resamples), len(factors)), np.nan)
        resamples = np.concatenate([unknown, tail.resamples], axis=1)
    natural = np.concatenate([factors, tail.natural])
    return CurveCoefficients(family, natural, covariance, curve.id, resamples)


def _jointly(definition: ModelDefinition, curve: Curve) -> CurveCoefficients:
    """The curve of an arm that is fitted together with others. Where any of them begins with its own Kaplan-Meier curve, all
    share one vector: the factors of each of these, then the coefficients fitted."""
    joint, stream = joint_fit_of(definition, curve), joint_stream(curve.endpoint)
    shared = joint.family(curve.arm)
    natural, covariance = joint.fit.coefficients, joint.fit.covariance
    begun = [c for c in joint_arms(definition, curve.endpoint) if c.km_until is not None]
    if not begun:
        return CurveCoefficients(shared, natural, covariance, stream)
    parts = {c.arm: kaplan_meier_part(definition, c, joint.family(c.arm)) for c in begun}
    family, factors = behind_own_parts({arm: part for arm, (part, _, _) in parts.items()}, curve.arm, shared)
    natural = np.concatenate([factors, natural])
    return CurveCoefficients(family, natural, _block_diagonal(*(errors for *_, errors in parts.values()), covariance), stream)


def average_of(definition: ModelDefinition, curve: Curve) -> dict[str, float]:
    """Weight of every candidate in a model average; from the AIC of the fits where no weights are typed. Candidates that
    the data do not determine have none.

    Raises ValueError where the weights do not sum to 1 or no candidate is left.
    """
    rows = [w for w in definition.model_weights if (w.arm, w.endpoint) == (curve.arm, curve.endpoint)]
    typed = {w.distribution: w.weight for w in rows if w.weight is not None}
    if typed:
        if len(typed) < len(rows):
            raise ValueError("either every candidate of a curve has a weight, or none")
        if not sum_to_one(typed.values()):
            raise ValueError(f"the weights of a curve must sum to 1, not {sum(typed.values()):.6g}")
        return {name: weight / sum(typed.values()) for name, weight in typed.items()}
    if curve.source == "evidence":
        names = [w.distribution for w in rows if w.distribution in STANDARD_NAMES]
        if not names:
            raise ValueError("a curve from evidence has no AIC; type the weights of its candidates")
        return dict.fromkeys(names, 1 / len(names))
    if curve.source not in FROM_DATA:
        raise ValueError("typed coefficients have no AIC; type the weights of the candidates")
    listed = {w.distribution for w in rows}
    names = [n for n in candidate_names(curve) if not rows or n in listed]
    fits = {n: fit_of(definition, curve, n) for n in names}
    usable = {n: f for n, f in fits.items() if f.usable}
    if not usable:
        raise ValueError("no candidate could be fitted")
    usable = {n: f for n, f in usable.items() if fit_judged(definition, curve, n).determined}
    if not usable:
        raise ValueError("the data determine none of the candidates")
    weights = aic_weights(np.array([f.aic for f in usable.values()]))
    return dict(zip(usable, (float(w) for w in weights), strict=True))


def _average(definition: ModelDefinition, curve: Curve) -> CurveCoefficients:
    """All candidates side by side; the first coefficient says which holds (-1: their weighted mean)."""
    weights = {name: w for name, w in average_of(definition, curve).items() if w > 0}
    parts = [candidate(definition, curve, name) for name in weights]
    covariances = [np.zeros((len(p.natural),) * 2) if p.covariance is None else p.covariance for p in parts]
    natural = np.concatenate([[-1.0], *(p.natural for p in parts)])
    family = ModelAverage([p.family for p in parts], list(weights.values()))
    resamples = None
    if all(p.resamples is not None for p in parts):
        rows = [p.resamples for p in parts if p.resamples is not None]
        resamples = np.concatenate([np.full((len(rows[0]), 1), np.nan), *rows], axis=1)
    return CurveCoefficients(family, natural, _block_diagonal(np.zeros((1, 1)), *covariances), curve.id, resamples)


def root_of(covariance: Array) -> Array:
    """A lower-triangular or symmetric root R with R R' = covariance (positive semi-definite)."""
    try:
        root: Array = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def _block_diagonal(*blocks: Array) -> Array:
    size = sum(len(b) for b in blocks)
    matrix = np.zeros((size, size))
    start = 0
    for block in blocks:
        matrix[start : start + len(block), start : start + len(block)] = block
        start += len(block)
    return matrix
