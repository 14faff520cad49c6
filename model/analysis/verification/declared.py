"""What a verification test is, and what is found when it is made."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from model.analysis.verification.under_test import UnderTest
from model.arrays import Array

PASS, FAIL, OPEN, FLAG = "pass", "fail", "does not apply", "flag"
VERDICTS = (PASS, FLAG, FAIL, OPEN)
"""``flag``: the calculation is as it should be, and shows something of the inputs that a reader must judge."""
EXACT = 0.0
CONSERVED = 1e-12
NO_COSTS = "The model has no costs."
MACHINE = 1e-9
"""Relative, as standards ask for where two ways of adding up the same numbers are compared."""


@dataclasses.dataclass(frozen=True)
class Finding:
    """What was observed, and the verdict. Of a test that does not apply: why."""

    verdict: str
    observed: str


class DoesNotApply(Exception):
    """Raised by a test that the model just read gives nothing to test; says why."""


@dataclasses.dataclass(frozen=True)
class VerificationTest:
    """One test. ``done``: what is done to the model; ``expected``: what must be found; ``look`` does it."""

    id: str
    domain: str
    source: str
    statement: str
    done: str
    expected: str
    look: Callable[[UnderTest], Finding]

    def made(self, model: UnderTest) -> Finding:
        """The finding on one model. A test that cannot be carried out has failed, and says why."""
        try:
            return self.look(model)
        except DoesNotApply as why:
            return Finding(OPEN, str(why))
        except Exception as error:  # whatever a broken calculation raises is what was observed
            return Finding(FAIL, f"could not be carried out: {type(error).__name__}: {error}")


@dataclasses.dataclass
class Domain:
    """The tests of one domain, in the order in which they are written."""

    name: str
    source: str
    tests: list[VerificationTest] = dataclasses.field(default_factory=list)

    def test(
        self, id: str, statement: str, done: str, expected: str, source: str = ""
    ) -> Callable[[Callable[[UnderTest], Finding]], VerificationTest]:
        """Declares the function below it as a test of the domain."""

        def declare(look: Callable[[UnderTest], Finding]) -> VerificationTest:
            made = VerificationTest(id, self.name, source or self.source, statement, done, expected, look)
            self.tests.append(made)
            return made

        return declare


def at_most(
    found: Mapping[str, float], limit: float, unit: str = "", nothing: str = "The model has nothing to compare."
) -> Finding:
    """Passes where no value found is above the limit; the largest is what was observed. A value that is no number fails.

    Raises :class:`DoesNotApply` with the words of ``nothing`` where nothing was found.
    """
    if not found:
        raise DoesNotApply(nothing)
    where, worst = max(found.items(), key=lambda pair: math.inf if math.isnan(pair[1]) else pair[1])
    return Finding(PASS if worst <= limit else FAIL, f"{_number(worst)}{unit} ({where})")


def none_of(broken: Iterable[str], seen: str) -> Finding:
    """Passes where nothing is broken; ``seen`` is what was observed then."""
    words = list(broken)
    more = f"; and {len(words) - 3} more" if len(words) > 3 else ""
    return Finding(FAIL, "; ".join(words[:3]) + more) if words else Finding(PASS, seen)


def relative(found: float, wanted: float) -> float:
    """Distance of two numbers: relative above 1, absolute below."""
    return abs(float(found) - float(wanted)) / max(1.0, abs(float(wanted)))


def distances(found: Array, wanted: Array) -> Array:
    """The same of arrays, ``(...)``: totals of nothing, or below nothing, are compared as they are."""
    return np.asarray(np.abs(found - wanted) / np.maximum(1.0, np.abs(wanted)))


def _number(value: float) -> str:
    return "0" if value == 0 else f"{value:.3g}"
