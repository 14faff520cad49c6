"""A stream is one line of the account: an occupancy curve, weights over time, and a value per unit per draw.

    contribution of a draw = value(draw) x sum over boundaries of curve(draw, t) x weight(t)

Costs, QALYs and life years are all streams, so the totals, the trace and the table of resource use come from the
same lines and cannot disagree.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from model.arrays import Array
from model.definition.sampling.draws import Draws

Value = Callable[[Draws], Array]

START = "start"  # the curve of things that happen once, at time zero
TREATED = "treated"  # the share on any drug of the arm
PROGRESSING = "progressing"  # the share leaving the progression-free state in each cycle, while anyone progresses alive
LEAVING = "leaving"  # the share leaving the progression-free state in each cycle, for whatever reason
EVENTS = (PROGRESSING, LEAVING)  # curves of events per cycle, counted at the cycle's end


Weights = tuple[Array, Array]  # discounted and undiscounted, each (n_cycles + 1,)


@dataclasses.dataclass(frozen=True)
class Stream:
    """One line of the account of one arm.

    ``kind``: cost, qaly or life_years; ``category`` and ``state`` are its rows in the disaggregated results.
    ``curve``: progression_free, progressed, alive, progressing, leaving, start, treated, or a drug id. ``value(draws)`` is
    ``(n,)`` or ``(1,)``. ``quantity`` names what is counted. ``share``: the part of the value that is a share of patients
    (those treated, those alive), so that quantity x share is what a patient of the cohort gets on average. With
    ``normalised`` the weights only share out one unit over time: its undiscounted total is the value. ``days``: of events on
    exact days, which the weights share out between the boundaries around them. Of a course of several costs, ``of_drug`` is
    the part of the value that is the price of ``drug``. ``societal``: no cost of the payer's, and so of no budget.
    """

    kind: str
    category: str
    state: str
    curve: str
    label: str
    quantity: str
    weights: Weights
    value: Value
    normalised: bool = False
    share: Value | None = None
    days: Array | None = None
    drug: str = ""
    of_drug: Value | None = None
    societal: bool = False

    @property
    def discounted(self) -> Array:
        return self.weights[0]

    @property
    def undiscounted(self) -> Array:
        return self.weights[1]


def constant(amount: float) -> Value:
    """A value that no draw changes."""
    fixed = np.array([amount])
    return lambda draws: fixed


def parameter(parameter_id: str, factor: float = 1.0) -> Value:
    """A parameter's own value, times a factor."""
    return lambda draws: draws[parameter_id] * factor


def product(*values: Value) -> Value:
    """The product of several values."""

    def multiply(draws: Draws) -> Array:
        result = values[0](draws)
        for value in values[1:]:
            result = result * value(draws)
        return result

    return multiply


def total(*values: Value) -> Value:
    """The sum of several values."""

    def add(draws: Draws) -> Array:
        result = values[0](draws)
        for value in values[1:]:
            result = result + value(draws)
        return result

    return add
