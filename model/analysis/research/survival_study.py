"""A trial of all arms, or further follow-up of one, that observes progression and death."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from model.analysis.decision.studies import EventCounts
from model.analysis.sampled.parameter_groups import OVERALL_SURVIVAL, PROGRESSION_FREE_SURVIVAL
from model.analysis.sampled.sampled_model import SampledModel
from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.draws import Draws, base_case_draws
from model.engine import Engine
from model.processors import at_once, one_blas_thread

GROUP_OF = {"os": OVERALL_SURVIVAL, "pfs": PROGRESSION_FREE_SURVIVAL}


@dataclasses.dataclass(frozen=True)
class SurvivalStudy:
    """Events of each arm counted in intervals of follow-up; size: patients of each arm at its start.

    follow_up_months: end of follow-up since time zero of the model, of every patient (nobody drops out).
    start_months: 0 for a new trial; later for further follow-up of patients who have been followed so long, of
    whom the mean share over draws is then progression-free. endpoints: "os", "pfs" or both. intervals: of each
    curve, with about equally many events in the base case; two show the level and the trend of a hazard.

    What is observed are the model's curves, after the general population and the repair of crossing. Both
    endpoints are simulated apart given the curves of a draw: a partitioned-survival model has no joint
    distribution of them. Times are rounded to cycles.
    """

    follow_up_months: float
    start_months: float = 0.0
    endpoints: Sequence[str] = ("os", "pfs")
    intervals: int = 2

    def __post_init__(self) -> None:
        if not (np.isfinite(self.follow_up_months) and 0 <= self.start_months < self.follow_up_months):
            raise ValueError(
                "follow_up_months must lie after start_months, which must be 0 or more; "
                f"got {self.follow_up_months} and {self.start_months}"
            )
        if not self.endpoints or isinstance(self.endpoints, str) or set(self.endpoints) - set(GROUP_OF):
            raise ValueError(f"endpoints must be a list of {list(GROUP_OF)}; got {self.endpoints!r}")
        if self.intervals < 1:
            raise ValueError(f"intervals must be at least 1; got {self.intervals}")

    def of(self, sampled: SampledModel) -> EventCounts:
        """Event probabilities of every draw; the curves are evaluated once, whatever the sizes."""
        definition = sampled.definition
        horizon = definition.settings.horizon_years * MONTHS_PER_YEAR
        if self.follow_up_months > horizon:
            raise ValueError(
                f"follow_up_months must not exceed the model's horizon of {horizon:g} months; got {self.follow_up_months:g}"
            )
        engine = Engine(_shortened(definition, self.follow_up_months))
        places = {e: self._bounds(engine, e) for e in self.endpoints}
        survival = _survival_at(engine, sampled.draws, places)
        probabilities, at_risk = [], []
        for endpoint in self.endpoints:
            for arm in definition.arm_ids:
                curve = survival[arm, endpoint]
                before = curve[:, :-1]
                fall = np.divide(curve[:, 1:], before, out=np.zeros_like(before), where=before > 0)
                probabilities.append(np.clip(1 - fall, 0, 1))
                at_risk.append(_share_at_start(survival, arm, endpoint))
        groups = sampled.groups_of_sheets()
        columns = sampled.parameter_columns()
        informed = [name for e in self.endpoints for name in groups.get(GROUP_OF[e], [])]
        return EventCounts(np.stack(probabilities, axis=1), np.array(at_risk), {name: columns[name] for name in informed})

    def patients(self, size: int, sampled: SampledModel) -> int:
        """Patients of all arms."""
        return size * len(sampled.definition.arms)

    def _bounds(self, engine: Engine, endpoint: str) -> NDArray[np.intp]:
        """Places on the time axis of the ends of the intervals ``(intervals + 1,)``, from the base case."""
        months = engine.timeline.months
        start = int(np.argmin(np.abs(months - self.start_months)))
        last = len(months) - 1
        if last - start < self.intervals:
            raise ValueError(
                f"{self.intervals} intervals need as many cycles of follow-up; "
                f"got {last - start} from month {self.start_months:g} to {self.follow_up_months:g}"
            )
        draws = base_case_draws(engine.definition)
        curves = [_endpoint(states, endpoint)[0] for states in engine.states.all_arms(draws)]
        mean = np.mean(curves, axis=0)[start:]
        events = (mean[0] - mean) / max(mean[0] - mean[-1], np.finfo(float).tiny)
        inner = np.searchsorted(events, np.arange(1, self.intervals) / self.intervals)
        earliest = np.arange(1, self.intervals)
        inner = np.clip(np.maximum(inner, earliest), None, last - start - earliest[::-1])
        return np.concatenate([[start], start + inner, [last]]).astype(np.intp)


def _shortened(definition: ModelDefinition, months: float) -> ModelDefinition:
    """The same model up to the end of follow-up."""
    years = months / MONTHS_PER_YEAR
    return dataclasses.replace(definition, settings=dataclasses.replace(definition.settings, horizon_years=years))


def _endpoint(states: object, endpoint: str) -> Array:
    """The curve of an endpoint ``(n_draws, n_times)``."""
    return np.asarray(getattr(states, "alive" if endpoint == "os" else "progression_free"))


def _survival_at(engine: Engine, draws: Draws, places: dict[str, NDArray[np.intp]]) -> dict[tuple[str, str], Array]:
    """Survival of every arm and endpoint at some places on the time axis ``(n_draws, n_places)``.

    Overall survival is also taken where that of PFS starts.
    """
    wanted = dict(places)
    if "pfs" in places:
        wanted["os at start"] = places["pfs"][:1]
    found = {(arm, e): np.empty((draws.n_draws, len(at))) for arm in engine.arms for e, at in wanted.items()}

    def fill(part: tuple[slice, Draws]) -> None:
        place, block = part
        for arm, states in zip(engine.arms, engine.states.all_arms(block), strict=True):
            for e, at in wanted.items():
                found[arm, e][place] = _endpoint(states, "pfs" if e == "pfs" else "os")[:, at]

    with one_blas_thread(), ThreadPoolExecutor(at_once()) as pool:
        list(pool.map(fill, draws.blocks(engine.block_draws)))
    return found


def _share_at_start(survival: dict[tuple[str, str], Array], arm: str, endpoint: str) -> float:
    """Of those alive at the start, the mean share over draws at risk of the endpoint."""
    if endpoint == "os":
        return 1.0
    free, alive = survival[arm, "pfs"][:, 0], survival[arm, "os at start"][:, 0]
    return max(float(np.divide(free, alive, out=np.zeros_like(free), where=alive > 0).mean()), 1e-9)
