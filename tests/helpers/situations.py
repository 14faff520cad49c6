"""Small decision problems in every situation a conclusion must be right about, and what each must say.

Two to four arms; survival is exponential, every cost falls at the start, so QALYs depend on the rates alone and costs are
what is typed. A drug is bought once, at the start, with a share treated per arm: its cost is share x price.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np

from model.analysis import base_case
from model.definition import Arm, Drug, ModelDefinition, Product, Regimen, Threshold, TreatmentParameter, edit
from tests.helpers.small_models import fixed, model, monthly, own_curve, settings, utilities

IDS = ("old", "new", "third", "fourth")
NAMES = ("Old", "New", "Third", "Fourth")
RATE = 0.020  # deaths per month
PRICE = 1_000.0


@cache
def options(n: int, shares: tuple[float, ...] = ()) -> ModelDefinition:
    """``n`` equal arms; ``shares``: of the patients of each arm who are given the drug, 0: the arm does not have it."""
    arms = tuple(Arm(id=i, label=f"{name} care", short_label=name) for i, name in zip(IDS, NAMES, strict=True))[:n]
    curves = [
        own_curve(arm.id, endpoint, "exponential", rate=rate)
        for arm in arms
        for endpoint, rate in (("pfs", 0.1), ("os", RATE))
    ]
    at_start = [
        dataclasses.replace(monthly(f"cost_{a.id}", "progression_free", 1e5, a.id), during="at_start", frequency="once")
        for a in arms
    ]
    users = [(arm, share) for arm, share in zip(arms, shares, strict=False) if share]
    drugs = {}
    if users:
        drugs = {
            "drugs": (Drug(id="pill", label="Pill", dose_basis="fixed", dose=1.0, unit="mg", schedule_days=28.0),),
            "products": (Product(drug="pill", product="pack", contents=1.0, parameter=fixed(PRICE)),),
            "regimens": tuple(Regimen(arm=arm.id, drug="pill", max_doses=1) for arm, _ in users),
            "treatment": tuple(
                TreatmentParameter(arm=arm.id, drug="pill", item="share_treated", parameter=fixed(share))
                for arm, share in users
            ),
        }
    thresholds = (Threshold(value=20_000.0), Threshold(value=50_000.0), Threshold(value=100_000.0, role="comparison"))
    return model(
        curves,
        arms=arms,
        care=tuple(at_start),
        thresholds=thresholds,
        utilities=utilities(0.8, 0.8),
        settings=settings(horizon_years=5.0, cycle_days=91.3125),
        **drugs,
    )


@dataclasses.dataclass(frozen=True)
class Situation:
    """Rates of death of the arms, the costs typed as a function of their QALYs (drugs come on top), what the conclusion
    must say and must not."""

    rates: Sequence[float]
    costs: Callable[[np.ndarray], Sequence[float]]
    says: Sequence[str]
    never: Sequence[str] = ()
    shares: tuple[float, ...] = ()

    def changes(self) -> Mapping[str, float]:
        """The inputs that differ from :func:`options`."""
        ids = IDS[: len(self.rates)]
        rates = {f"coefficients.{i}.os.rate": r for i, r in zip(ids, self.rates, strict=True)}
        plain = options(len(ids), self.shares)
        qalys = base_case(edit(plain, rates)).outcomes.total_qalys[0]
        return rates | {f"care.cost_{i}": float(c) for i, c in zip(ids, self.costs(qalys), strict=True)}

    def definition(self) -> ModelDefinition:
        return edit(options(len(self.rates), self.shares), self.changes())


BETTER, BEST = 0.015, 0.010


def at_ratios(*ratios: float) -> Callable[[np.ndarray], list[float]]:
    """Costs that make each arm, from the second on, cost so much per QALY gained over the first."""
    return lambda q: [1e5, *(1e5 + r * (x - q[0]) for r, x in zip(ratios, q[1:], strict=True))]


def plus(*extra: float) -> Callable[[np.ndarray], list[float]]:
    """Costs of 100,000 and so much more for each arm from the second on."""
    return lambda q: [1e5, *(1e5 + e for e in extra)]


TWO = {
    "dearer and better, between the thresholds": Situation(
        (RATE, BETTER),
        at_ratios(30_000),
        [
            "New care gains 0.",
            "at an extra USD ",
            "(USD 30,000 per QALY gained)",
            "cost-effective at USD 50,000, not cost-effective at USD 20,000 per QALY.",
        ],
    ),
    "dearer and better, at a threshold": Situation(
        (RATE, BETTER), at_ratios(20_000), ["cost-effective at USD 20,000 or USD 50,000 per QALY."], ["not cost-effective"]
    ),
    "cheaper and worse, a large saving": Situation(
        (BETTER, RATE),
        at_ratios(60_000),
        [
            "New care loses 0.",
            "at a saving of USD ",
            "(a saving of USD 60,000 per QALY forgone)",
            "cost-effective at USD 20,000 or USD 50,000 per QALY.",
        ],
        ["not cost-effective"],
    ),
    "cheaper and worse, a small saving": Situation(
        (BETTER, RATE),
        at_ratios(10_000),
        ["(a saving of USD 10,000 per QALY forgone)", "not cost-effective at USD 20,000 or USD 50,000 per QALY."],
    ),
    "dominant": Situation(
        (RATE, BETTER),
        plus(-500.0),
        ["at a saving of USD 500.00 per patient (dominant:", "cost-effective at USD 20,000 or"],
        ["not cost-effective"],
    ),
    "dominated": Situation(
        (BETTER, RATE), plus(500.0), ["loses 0.", "an extra USD 500.00 per patient (dominated:", "not cost-effective at USD"]
    ),
    "as dear and better": Situation(
        (RATE, BETTER), plus(0.0), ["QALYs against old care at the same cost (dominant:"], ["USD 0.00"]
    ),
    "as good and dearer": Situation(
        (RATE, RATE),
        plus(500.0),
        ["New care gives as many QALYs as old care at an extra USD 500.00 per patient (dominated:"],
        ["0.00 QALYs"],
    ),
    "identical": Situation(
        (RATE, RATE), plus(0.0), ["New care and old care are identical: no difference in costs or QALYs."], ["cost-effective"]
    ),
    "identical but for rounding": Situation(
        (RATE, RATE * (1 - 1e-13)),
        plus(1e-9),
        ["New care and old care are identical: no difference in costs or QALYs."],
        ["cost-effective"],
    ),
    "everything free": Situation((RATE, BETTER), lambda q: [0.0, 0.0], ["at the same cost (dominant:"]),
    "a millionth of a QALY": Situation(
        (RATE, RATE - 2.4e-8),
        plus(0.03),
        ["gains 0.0000013 QALYs", "an extra USD 0.03 per patient (USD 2", "not cost-effective"],
        ["0.00 QALYs", "identical"],
    ),
    "a tenth of a cent": Situation((RATE, BETTER), plus(0.001), ["an extra USD 0.0010 per patient"], ["USD 0.00 "]),
}

THREE = {
    "the intervention is extendedly dominated": Situation(
        (RATE, BETTER, BEST),
        at_ratios(45_000, 30_000),
        [
            "(USD 45,000 per QALY gained): not cost-effective at USD 20,000 or USD 50,000 per QALY; ",
            "highest net benefit of all 3 options: Old at USD 20,000, Third at USD 50,000 per QALY; "
            "extendedly dominated: New",
        ],
    ),
    "the intervention is dominated by the third": Situation(
        (RATE, BETTER, BETTER),
        at_ratios(15_000, 10_000),
        ["not cost-effective at USD 20,000 or USD 50,000 per QALY", "Third at USD 20,000 or USD 50,000", "; dominated: New."],
    ),
    "each is the best somewhere": Situation(
        (RATE, BEST, BETTER),
        at_ratios(25_000, 10_000),
        [
            "cost-effective at USD 50,000, not cost-effective at USD 20,000 per QALY; highest net benefit of all 3 options: "
            "New at USD 50,000, Third at USD 20,000 per QALY."
        ],
        ["dominated"],
    ),
    "the comparator is dominated": Situation(
        (RATE, BETTER, BETTER),
        lambda q: [1.2e5, 1.1e5, 1e5],
        ["(dominant:", "not cost-effective at USD 20,000 or USD 50,000", "; dominated: Old, New."],
    ),
    "new and old identical, the third better": Situation(
        (RATE, RATE, BETTER),
        plus(0.0, 10.0),
        [
            "New care and old care are identical: no difference in costs or QALYs; highest net benefit "
            "of all 3 options: Third "
            "at USD 20,000 or USD 50,000 per QALY; identical to another option: New."
        ],
        ["cost-effective at"],
    ),
    "new and third identical and best": Situation(
        (RATE, BETTER, BETTER),
        at_ratios(10_000, 10_000),
        [
            "cost-effective at USD 20,000 or USD 50,000 per QALY; ",
            "New at USD 20,000 or USD 50,000, Third at USD 20,000 or USD 50,000 per QALY; identical to "
            "another option: Third.",
        ],
        ["not cost-effective"],
    ),
    "all alike but for rounding": Situation(
        (RATE, RATE * (1 - 1e-13), RATE * (1 + 1e-13)),
        plus(1e-9, -1e-9),
        ["are identical: no difference in costs or QALYs; highest net benefit of all 3 options: Old at"],
        ["cost-effective"],
    ),
}

FOUR = {
    "two alike that are dominated": Situation(
        (BEST, BETTER, RATE, BETTER),
        lambda q: [1e5, 2e5, 1e5, 2e5],
        [
            "not cost-effective",
            "highest net benefit of all 4 options: Old at USD 20,000 or USD 50,000 per QALY; dominated: New, Third, Fourth.",
        ],
        ["identical"],
    ),
    "two alike that are extendedly dominated": Situation(
        (RATE, BETTER, BETTER, BEST),
        at_ratios(45_000, 45_000, 30_000),
        [
            "highest net benefit of all 4 options: Old at USD 20,000, Fourth at USD 50,000 per QALY; "
            "extendedly dominated: New, "
            "Third."
        ],
        ["identical"],
    ),
    "dominated, extendedly dominated and the best": Situation(
        (RATE, BEST, BETTER, RATE),
        lambda q: [1e5, 1e5 + 30_000 * (q[1] - q[0]), 1e5 + 40_000 * (q[2] - q[0]), 2e5],
        [
            "cost-effective at USD 50,000, not cost-effective at USD 20,000 per QALY; highest net "
            "benefit of all 4 options: Old "
            "at USD 20,000, New at USD 50,000 per QALY; dominated: Fourth; extendedly dominated: Third."
        ],
    ),
}

# The drug costs share x price; with it free the arms cost what is typed. Gains of New over Old in QALYs: g.
PRICED = {
    "one user: the price at which INMB is zero": Situation(
        (RATE, BETTER), plus(0.0), ["cost-effective at USD 20,000"], shares=(0.0, 1.0)
    ),
    "one user, too dear even when free": Situation(
        (RATE, BETTER), at_ratios(60_000), ["not cost-effective at USD 20,000 or USD 50,000"], shares=(0.0, 1.0)
    ),
    "two users, a third without": Situation((RATE, BEST, BETTER), plus(0.0, 0.0), ["cost-effective"], shares=(0.0, 1.0, 0.5)),
    "the other option uses more": Situation(
        (RATE, BETTER, BETTER), lambda q: [0.0, 2e3, 0.0], ["not cost-effective"], shares=(0.0, 0.5, 1.0)
    ),
}
