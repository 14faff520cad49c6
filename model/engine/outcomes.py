"""What the model says: totals by category and state for every draw and arm."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from model.arrays import Array
from model.shown import Shown, View, columns_view

Pairs = tuple[tuple[str, str], ...]
"""Neighbouring endpoints, the lower curve first."""
KINDS = ("life_years", "qaly", "cost")


@dataclasses.dataclass(frozen=True)
class Account(Shown):
    """Totals of one kind, discounted and not: ``(n_draws, n_arms, n_categories)``."""

    categories: tuple[str, ...]
    states: tuple[str, ...]
    discounted: Array
    undiscounted: Array

    def total(self, discounted: str = "discounted") -> Array:
        """Sum over categories ``(n_draws, n_arms)``; ``discounted`` or ``undiscounted``."""
        amounts: Array = getattr(self, discounted)
        total: Array = amounts.sum(axis=2)
        return total

    def view(self) -> View:
        """Mean over draws of each category, arm by arm."""
        means = self.discounted.mean(axis=0)
        columns = {"Category": self.categories, "State": self.states}
        columns |= {f"Arm {a + 1}": row for a, row in enumerate(means)}
        n_draws, n_arms, _ = self.discounted.shape
        return columns_view(f"Totals of {n_draws:,} draws and {n_arms} arms, discounted", columns)


@dataclasses.dataclass(frozen=True)
class Outcomes(Shown):
    """What the model says for every draw and arm.

    ``life_years`` by state, ``qalys`` by state and decrement, ``costs`` by category; ``crossing_*``, each
    ``(n_draws, n_arms)``, tell where PFS exceeded OS before repair; ``alive_at_horizon`` likewise. ``flags``
    ``(n_draws, n_arms, n_flags)``: which flags of coherence are raised, in the order of ``flag_names``. ``link_met``
    ``(n_draws, n_arms)``: does OS have the hazard ratio that a link between arms keeps (True where it keeps none)?
    ``pair_crossings`` ``(n_draws, n_arms, n_pairs, 3)``: first month, largest gap and area of each pair of neighbouring
    curves of a model with further states, in the order of ``pairs``.
    """

    arms: tuple[str, ...]
    life_years: Account
    qalys: Account
    costs: Account
    crossing_first_month: Array
    crossing_largest_gap: Array
    crossing_area_months: Array
    alive_at_horizon: Array
    link_met: NDArray[np.bool_]
    flags: NDArray[np.bool_]
    flag_names: tuple[str, ...]
    pair_crossings: Array
    pairs: Pairs = ()

    @classmethod
    def empty(
        cls,
        arms: tuple[str, ...],
        categories: Mapping[str, tuple[tuple[str, str], ...]],
        flags: tuple[str, ...],
        n_draws: int,
        pairs: Pairs = (),
    ) -> Outcomes:
        """Outcomes of ``n_draws`` draws, to be filled; ``categories``: (category, state) pairs by kind of account;
        ``flags``: names of the flags of coherence; ``pairs``: of neighbouring curves."""
        shape = (n_draws, len(arms))

        def account(kind: str) -> Account:
            pairs = categories[kind]
            discounted, undiscounted = np.zeros((2, *shape, len(pairs)))
            return Account(tuple(c for c, _ in pairs), tuple(s for _, s in pairs), discounted, undiscounted)

        first, gap, area, alive = (np.empty(shape) for _ in range(4))
        life_years, qalys, costs = (account(kind) for kind in KINDS)
        raised = np.zeros((*shape, len(flags)), dtype=np.bool_)
        met = np.ones(shape, dtype=np.bool_)
        crossings = np.empty((*shape, len(pairs), 3))
        return cls(arms, life_years, qalys, costs, first, gap, area, alive, met, raised, flags, crossings, pairs)

    def account(self, kind: str) -> Account:
        """The account of a kind: life_years, qaly or cost."""
        return dict(zip(KINDS, (self.life_years, self.qalys, self.costs), strict=True))[kind]

    def put(self, start: int, part: Outcomes) -> None:
        """Fill in the outcomes of the draws that begin at ``start``."""
        place = slice(start, start + part.n_draws)
        for kind in KINDS:
            self.account(kind).discounted[place] = part.account(kind).discounted
            self.account(kind).undiscounted[place] = part.account(kind).undiscounted
        self.crossing_first_month[place] = part.crossing_first_month
        self.crossing_largest_gap[place] = part.crossing_largest_gap
        self.crossing_area_months[place] = part.crossing_area_months
        self.alive_at_horizon[place] = part.alive_at_horizon
        self.link_met[place] = part.link_met
        self.flags[place] = part.flags
        self.pair_crossings[place] = part.pair_crossings

    @classmethod
    def joined(cls, parts: Sequence[Outcomes]) -> Outcomes:
        """The draws of several outcomes of the same arms and categories, one below the other."""
        first = parts[0]
        categories = {
            kind: tuple(zip(first.account(kind).categories, first.account(kind).states, strict=True)) for kind in KINDS
        }
        found = cls.empty(first.arms, categories, first.flag_names, sum(part.n_draws for part in parts), first.pairs)
        start = 0
        for part in parts:
            found.put(start, part)
            start += part.n_draws
        return found

    def increments(self, old: int, new: int) -> tuple[Array, Array]:
        """Discounted costs and QALYs, each ``(n_draws,)``: the arm at position ``new`` minus the one at ``old``."""
        costs, qalys = self.total_costs, self.total_qalys
        return costs[:, new] - costs[:, old], qalys[:, new] - qalys[:, old]

    @property
    def n_draws(self) -> int:
        return len(self.crossing_area_months)

    def rows(self, draws: NDArray[np.int_]) -> Outcomes:
        """The outcomes of some draws only, in the order given (a draw may be taken several times)."""

        def of(account: Account) -> Account:
            discounted, undiscounted = account.discounted[draws], account.undiscounted[draws]
            return Account(account.categories, account.states, discounted, undiscounted)

        return Outcomes(
            self.arms,
            of(self.life_years),
            of(self.qalys),
            of(self.costs),
            self.crossing_first_month[draws],
            self.crossing_largest_gap[draws],
            self.crossing_area_months[draws],
            self.alive_at_horizon[draws],
            self.link_met[draws],
            self.flags[draws],
            self.flag_names,
            self.pair_crossings[draws],
            self.pairs,
        )

    @property
    def total_costs(self) -> Array:
        """Discounted costs ``(n_draws, n_arms)``."""
        return self.costs.total()

    @property
    def total_qalys(self) -> Array:
        """Discounted QALYs ``(n_draws, n_arms)``."""
        return self.qalys.total()

    @property
    def total_life_years(self) -> Array:
        """Discounted life years ``(n_draws, n_arms)``."""
        return self.life_years.total()

    def view(self) -> View:
        """Mean over draws of each arm's totals, discounted."""
        totals = {"Life years": self.total_life_years, "QALYs": self.total_qalys, "Costs": self.total_costs}
        columns = {"Arm": list(self.arms), **{name: values.mean(axis=0) for name, values in totals.items()}}
        draws = f"{self.n_draws:,} draw{'s' if self.n_draws != 1 else ''}"
        said = "; ".join(
            f"{arm}: {years:.3f} life years" for arm, years in zip(self.arms, columns["Life years"], strict=True)
        )
        return columns_view(f"Outcomes of {draws}, discounted", columns, [said])
