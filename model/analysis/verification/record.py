"""The verification record: every test made on one model, what was observed, and the verdicts."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection

import pandas as pd

from model.analysis.analysis import Analysis, Asked
from model.analysis.columns.verification import COUNTS, VERIFICATION
from model.analysis.deterministic.one_way import OneWay
from model.analysis.deterministic.scenarios import Scenarios
from model.analysis.shown_result import ShownResult
from model.analysis.verification.budget_and_agencies import BUDGET
from model.analysis.verification.declared import FAIL, FLAG, OPEN, PASS, VerificationTest
from model.analysis.verification.discounting_and_decisions import DECISIONS
from model.analysis.verification.distributions import FAMILIES
from model.analysis.verification.draws_and_decisions import DRAWS_MADE
from model.analysis.verification.effects_on_curves import EFFECTS
from model.analysis.verification.input_calculations import INPUT
from model.analysis.verification.partitioned_results import ACCOUNTS
from model.analysis.verification.partitioned_survival import CURVES
from model.analysis.verification.patient_flow import FLOW
from model.analysis.verification.result_calculations import RESULTS
from model.analysis.verification.uncertainty import UNCERTAINTY
from model.analysis.verification.under_test import DRAWS, UnderTest
from model.definition.model_definition import ModelDefinition

DOMAINS = (INPUT, FAMILIES, FLOW, RESULTS, DECISIONS, UNCERTAINTY, DRAWS_MADE, CURVES, EFFECTS, ACCOUNTS, BUDGET)
TESTS: tuple[VerificationTest, ...] = tuple(test for domain in DOMAINS for test in domain.tests)
"""Every test, in the order of the record."""
BY_ID = {test.id: test for test in TESTS}


@dataclasses.dataclass(frozen=True)
class MadeTest:
    """One test as it was made: its words and what was found."""

    test: str
    domain: str
    source: str
    statement: str
    done: str
    expected: str
    observed: str
    verdict: str


@dataclasses.dataclass(frozen=True)
class VerificationRecord(ShownResult):
    """Every test that was made on a model."""

    TITLE = "Verification tests"

    made: tuple[MadeTest, ...]

    def table(self) -> pd.DataFrame:
        """One row per test, with an empty column for an independent reviewer."""
        return VERIFICATION.frame([{**dataclasses.asdict(m), "reviewer": ""} for m in self.made])

    def summary(self) -> pd.DataFrame:
        """Verdicts by domain."""
        rows = []
        for domain in dict.fromkeys(m.domain for m in self.made):
            n = Counter(m.verdict for m in self.made if m.domain == domain)
            rows.append((domain, sum(n.values()), n[PASS], n[FLAG], n[FAIL], n[OPEN]))
        return COUNTS.frame(rows)

    def of(self, verdict: str) -> list[MadeTest]:
        """The tests with one verdict."""
        return [m for m in self.made if m.verdict == verdict]

    @property
    def passes(self) -> bool:
        """Did no test fail?"""
        return not self.of(FAIL)

    def line(self) -> str:
        """The record in one line."""
        n = {verdict: len(self.of(verdict)) for verdict in (PASS, FLAG, FAIL, OPEN)}
        failed = "none failed" if not n[FAIL] else f"{n[FAIL]} FAILED ({', '.join(m.test for m in self.of(FAIL))})"
        flagged = f", {n[FLAG]} to be judged ({', '.join(m.test for m in self.of(FLAG))})" if n[FLAG] else ""
        return f"Verification: {len(self.made)} tests, {n[PASS]} passed, {failed}{flagged}, {n[OPEN]} do not apply."

    def shown_table(self) -> pd.DataFrame:
        """Verdicts by domain."""
        return self.summary()

    def shown_words(self) -> list[str]:
        """The record in one line."""
        return [self.line()]


def verify_model(
    definition: ModelDefinition,
    only: Collection[str] | None = None,
    *,
    one_way: OneWay | None = None,
    scenarios: Scenarios | None = None,
    draws: int = DRAWS,
    done: Callable[[int], None] = lambda _: None,
) -> VerificationRecord:
    """Make every verification test on a model, whatever its inputs are.

    ``only``: ids of the tests asked for; KeyError for an unknown one. ``one_way``, ``scenarios``: those of the definition,
    where they were run already. ``draws``: of the tests of uncertainty. ``done`` is told of each test that is made.

    >>> import model
    >>> record = model.verify_model(model.example(), draws=500)
    >>> record.passes, record.summary().columns.tolist()[0]
    (True, 'domain')
    """
    if unknown := set(only or ()) - set(BY_ID):
        raise KeyError(f"no verification test is called {', '.join(sorted(unknown))}")
    model = UnderTest(definition, scenarios, draws)
    if one_way is not None:
        model.one_way = one_way
    made = []
    for test in TESTS:
        if only is None or test.id in only:
            found = test.made(model)
            words = (test.id, test.domain, test.source, test.statement, test.done, test.expected)
            made.append(MadeTest(*words, found.observed, found.verdict))
            done(1)
    return VerificationRecord(tuple(made))


def _run(asked: Asked) -> list[object]:
    found = asked.results
    return [verify_model(asked.definition, one_way=found.of(OneWay), scenarios=found.of(Scenarios), done=asked.done)]


ANALYSIS = Analysis(
    VerificationRecord,
    "Verification record",
    _run,
    steps=lambda _, __: len(TESTS),
    seconds=lambda _, __: 1.7,
    tables=lambda found, _: {"verification_summary": found.summary, "verification_record": found.table},
    lines=lambda found, _: [found.line()],
    purpose="Black-box tests of the calculation, made on the model just read: done, expected, observed, verdict",
)
