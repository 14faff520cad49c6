"""States of a state-transition model: how patients leave the progression-free state, and how long they live afterwards.

The PFS of an arm says how its patients leave: by progression, or by death before it, which is never rarer than in the general
population. Survival after progression is the comparator's, times a factor for the link between the arms, or the arm's
own; it is counted from progression. OS follows: it cannot cross PFS (:mod:`model.survival.multistate`).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from model.arrays import Array
from model.definition.curves.after_progression import has_own
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.sampling.draws import Draws
from model.survival.multistate import (
    Leaving,
    Link,
    SinceProgression,
    clock_reset,
    factor_for_hazard_ratio,
    hazard_after_progression,
    leave,
    since_progression,
)


@dataclasses.dataclass(frozen=True)
class Transitions:
    """What of a state-transition model no draw changes."""

    definition: ModelDefinition
    months: Array
    population: Array | None

    def leaving(self, arm: str, pfs_hazard: Array, draws: Draws) -> Leaving:
        """How patients of an arm leave the progression-free state, from the cumulative hazard of its PFS."""
        return leave(pfs_hazard, self.death_share(arm, draws), self.population)

    def death_share(self, arm: str, draws: Draws) -> Array:
        """Share of PFS events that are deaths, ``(n_draws,)`` or ``(1,)``; none where the definition gives none."""
        row = self.definition.progression_row("death_share", arm)
        return np.zeros(1) if row is None else draws[address_of("progression", row)]

    def own_after(self, coefficients: Array) -> Array:
        """Cumulative hazard since progression of an arm with coefficients of its own, as `clock_reset` takes it."""
        return hazard_after_progression(self.definition.settings.after_progression, self.months, coefficients)

    def link(self, reference: Leaving, treated: Leaving, after: Array, ratio: Array) -> Link:
        """What the reference arm's hazard after progression, ``after``, is multiplied by for an arm with a hazard ratio of
        OS, ``ratio``, ``(n_draws,)``: in patients in whom no effect has waned."""
        month = self.definition.settings.median_follow_up
        assert month is not None
        return factor_for_hazard_ratio(reference, treated, after, self.months, month, ratio)

    def has_os_of_reference(self, arm: str) -> bool:
        """Are as many alive as in the reference arm, whatever PFS is?"""
        return self.definition.settings.link_between_arms == "no_os_benefit" and not self.has_own(arm)

    def until_follow_up(self) -> Transitions:
        """The same up to the median follow-up, which is all that a hazard ratio at it asks for."""
        month = self.definition.settings.median_follow_up
        assert month is not None
        n_times = min(int(np.searchsorted(self.months, month)) + 2, len(self.months))
        population = None if self.population is None else self.population[:n_times]
        return dataclasses.replace(self, months=self.months[:n_times], population=population)

    @property
    def asks_for_ratio(self) -> bool:
        """Is the link a hazard ratio of OS?"""
        return self.definition.settings.link_between_arms == "hazard_ratio"

    def since(self, after: Array) -> SinceProgression:
        """Survival after progression made ready for :meth:`occupancies`, which arms that live alike share."""
        return since_progression(after, self.population)

    def occupancies(self, leaving: Leaving, after: Array | SinceProgression) -> tuple[Array, Array, Array]:
        """Progression-free, progressed and alive, each ``(n_draws, n_times)``."""
        occupied = clock_reset(leaving, after, self.population)
        return occupied.progression_free, occupied.progressed, occupied.alive

    @property
    def without_floor(self) -> Transitions:
        """The same where survival after progression knows no general population."""
        return dataclasses.replace(self, population=None)

    def key(self, what: str) -> str:
        """Under what something of the reference arm that depends on the floor is kept within one block."""
        return what if self.population is not None else f"{what} without a floor"

    def has_own(self, arm: str) -> bool:
        """Has the arm coefficients of its own?"""
        return has_own(self.definition, arm)


def pfs_events_with_progression(leaving: Leaving, death_share: Array) -> Array:
    """Progressions per cycle over the share of PFS events that are not deaths, ``(n_draws, n_times)``: streams that follow
    progressions count events and multiply by that share."""
    events = leaving.progressing
    alive = (1.0 - death_share)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        events /= alive
    return events if np.all(alive > 0) else np.where(alive > 0, events, 0.0)
