"""Sentences of the first page from numbers made by hand, in every quadrant, with and without the analyses they rest on."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest

from model.analysis import base_case
from model.analysis.agencies.severity import severity_of
from model.analysis.analysis import Results
from model.analysis.base_case.comparison import Comparison
from model.analysis.deterministic.one_way import Bound, OneWay
from model.analysis.first_page.because import largest_part
from model.analysis.first_page.drivers import NOT_RUN as NO_DRIVERS
from model.analysis.first_page.drivers import bound_words, driver_lines
from model.analysis.first_page.first_page import NO_PSA, first_page
from model.analysis.first_page.price_line import free_words, limits_words, price_lines
from model.analysis.first_page.question import question
from model.analysis.first_page.ranges import NO_SCENARIOS, NO_STRUCTURES, range_line, scenario_line, structure_line
from model.analysis.first_page.severity_line import severity_lines
from model.analysis.first_page.uncertainty import NOT_RUN, uncertainty
from model.analysis.prices.switching_price import PriceLimits
from model.definition import edit
from model.definition.records.agency import SeverityBand
from model.definition.records.settings import Threshold
from model.engine.outcomes import Outcomes
from tests.helpers.agency_models import small_england
from tests.helpers.output_models import small_output
from tests.helpers.situations import PRICED, options

SUMS = {
    "the largest part of an extra cost": (
        {"a drug": 90.0, "care": 30.0, "tests": -20.0},
        100.0,
        "90% of the extra cost is a drug",
    ),
    "the largest part of a saving": ({"a drug": -60.0, "care": -20.0}, -80.0, "75% of the saving is a drug"),
    "a part that alone is the whole": ({"a drug": 50.0}, 50.0, "100% of the extra cost is a drug"),
    "an extra cost that savings lower": (
        {"a drug": 5_000.0, "care": -3_000.0},
        2_000.0,
        "a drug adds USD 5,000, all else saves USD 3,000",
    ),
    "a saving that extra costs lower": (
        {"a drug": 3_000.0, "care": -5_000.0},
        -2_000.0,
        "care saves USD 5,000, all else adds USD 3,000",
    ),
    "no difference": ({"a drug": 1.0, "care": -1.0}, 0.0, ""),
    "no costs at all": ({}, 0.0, ""),
}


@pytest.mark.parametrize("name", SUMS)
def test_the_reason_is_the_largest_part_towards_the_difference(name: str) -> None:
    increments, total, words = SUMS[name]
    assert largest_part(increments, total, "USD") == words


@pytest.mark.parametrize("order", list(itertools.permutations(["a", "b", "c"])))
def test_the_reason_does_not_depend_on_the_order_of_the_categories(order: tuple[str, ...]) -> None:
    amounts = {"a": 7.0, "b": 2.0, "c": 1.0}
    assert largest_part({name: amounts[name] for name in order}, 10.0, "USD") == "70% of the extra cost is a"


def limits(lowest: float, highest: float) -> PriceLimits:
    return PriceLimits(lowest, highest, None, None, 0)


@pytest.mark.parametrize(
    "lowest, highest, words",
    [
        (-np.inf, 0.25, "up to USD 250.00 (a cut of 75.0%)"),
        (-np.inf, 2.0, "up to USD 2,000"),
        (0.5, np.inf, "from USD 500.00"),
        (0.5, 0.75, "from USD 500.00 up to USD 750.00 (a cut of 25.0%)"),
        (-np.inf, np.inf, "at any list price"),
        (-1.0, 0.0, "up to USD 0.00 (a cut of 100.0%)"),
    ],
)
def test_between_which_prices_it_is_cost_effective(lowest: float, highest: float, words: str) -> None:
    assert limits_words(limits(lowest, highest), 1000.0, "USD") == words


def test_why_no_price_will_do() -> None:
    assert free_words("New", "Old", 500.0, 0.1, "USD") == "New costs USD 500.00 more than Old and gives 0.10 more QALYs"
    assert free_words("New", "Old", -500.0, -0.1, "USD") == "New costs USD 500.00 less than Old and gives 0.10 fewer QALYs"
    assert free_words("New", "Old", 0.0, 0.0, "USD") == "New costs as much as Old and gives as many QALYs"


def test_the_reason_why_at_no_price_stands_once() -> None:
    """Too dear even when free: at both thresholds, for the same reason."""
    situation = PRICED["one user, too dear even when free"]
    (line,) = price_lines(situation.definition())
    assert line.startswith("Pill, pack (list price today USD 1,000): cost-effective at no list price, not even zero, at USD")
    assert line.count("even then New costs USD") == 1 and line.endswith("more QALYs.")


def compared(*pairs: tuple[float, float]) -> dict[str, Comparison]:
    """Comparisons with Old at cost 0 and 1 QALY, by a letter."""
    definition = options(2)
    return {
        name: Comparison(definition, np.array([0.0, cost]), np.array([1.0, 1.0 + qalys]), np.array([1.0, 1.0]))
        for name, (cost, qalys) in zip("abcdef", pairs, strict=False)
    }


def test_the_range_names_both_ends_and_counts_what_has_no_ratio() -> None:
    """Thresholds 20,000 and 50,000: a between them, b above; c is dominated, d dominant, e saves 60,000 per QALY lost."""
    found = compared((30_000.0, 1.0), (80_000.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-60_000.0, -1.0))
    assert range_line("scenarios", found) == (
        "5 scenarios: ICER USD 30,000 (a) to USD 80,000 (b); no ICER in 3 (not both dearer and more effective); "
        "cost-effective in 2 of 5 at USD 20,000 per QALY, in 3 of 5 at USD 50,000 per QALY."
    )


def test_a_range_without_any_ratio_and_one_with_a_single_one() -> None:
    assert range_line("structures", compared((1.0, -1.0))) == (
        "1 of the structures: no ICER in 1 (not both dearer and more effective); "
        "cost-effective in none at USD 20,000 or USD 50,000 per QALY."
    )
    assert "ICER USD 10,000 (a);" in range_line("structures", compared((10_000.0, 1.0)))


def test_what_was_not_run_is_said() -> None:
    assert driver_lines(None) == [NO_DRIVERS]
    assert uncertainty(None) == NOT_RUN
    assert (scenario_line(None), structure_line(None)) == (NO_SCENARIOS, NO_STRUCTURES)
    page = first_page(Results(base_case(edit(options(2), {"settings.headline": "probabilistic"}))))
    assert page.answer.startswith(NO_PSA) and page.beside == "Probabilistic: not run."


def test_the_severity_line_says_what_the_weight_makes_of_the_decision() -> None:
    """Weight 1.7 from the first QALY lost: cost-effective exactly where the weighted net benefit of the sheet Severity is
    not below zero, just below and just above the weighted ratio; the answer itself stays without the weight."""
    bands = (SeverityBand(band="any", weight=1.7, absolute_from=0.5, proportional_from=0.05),)
    plain = dataclasses.replace(small_england(), severity_bands=bands)
    found = base_case(plain)
    ratio = float(severity_of(plain, found.total_costs, found.total_qalys).table()["weighted_icer"].iloc[0])
    assert ratio * 1.7 == pytest.approx(found.icer)
    thresholds = (Threshold(value=ratio * 0.99), Threshold(value=ratio * 1.01))
    page = first_page(Results(base_case(dataclasses.replace(plain, thresholds=thresholds))))
    (line,) = page.severity
    assert line.startswith("With the severity weight 1.70 (") and "comparator: no at GBP" in line and ", yes at GBP" in line
    assert "not cost-effective" in page.answer
    unweighted = dataclasses.replace(bands[0], absolute_from=99.0, proportional_from=1.0)
    (line,) = severity_lines(base_case(dataclasses.replace(plain, severity_bands=(unweighted,))))
    assert line.startswith("No extra weight for severity (")
    assert severity_lines(base_case(dataclasses.replace(plain, severity_bands=()))) == []


def test_the_question_is_that_of_the_cover() -> None:
    about = options(2).about
    asked = question(options(2))
    assert all(part[1:] in asked for part in (about.intervention, about.comparator, about.population, about.perspective))
    assert asked.startswith("Is ") and asked.endswith(".")


def test_drivers_come_widest_first_and_say_whether_the_decision_changes() -> None:
    found = small_output("two arms").results["one_way"]
    table = found.table().head(3)
    lines = driver_lines(found)
    assert [line.split(". ", 1)[1].split(",")[0] for line in lines[:-1]] == [s.split(",")[0] for s in table["label"]]
    base = found.base_inmb(found.definition.willingness_to_pay())
    for line, row in zip(lines, table.itertuples(), strict=False):
        crosses = min(row.inmb_low, row.inmb_high, base) < 0 <= max(row.inmb_low, row.inmb_high, base)
        assert line.endswith("changes." if crosses else "stays.")


def outcomes_of(*draws: tuple[tuple[float, float, float], tuple[float, float, float]]) -> Outcomes:
    """Costs and QALYs of three options, a pair for each draw."""
    made = Outcomes.empty(
        ("old", "new", "other"), dict.fromkeys(("life_years", "qaly", "cost"), (("all", ""),)), (), len(draws)
    )
    for k, (costs, qalys) in enumerate(draws):
        made.costs.discounted[k, :, 0], made.qalys.discounted[k, :, 0] = costs, qalys
    return made


def test_of_three_options_the_decision_is_the_best_of_all() -> None:
    """At 50,000 per QALY the net benefits of the base case are 0, 90,000 and 140,000: the third option is chosen. A dear
    intervention (-20,000 against the comparator) leaves that so; one that saves 60,000 reaches 160,000 and changes it."""
    qalys = (0.0, 2.0, 3.0)
    base = outcomes_of(((0.0, 10_000.0, 10_000.0), qalys))
    others = [((0.0, cost, 10_000.0), qalys) for cost in (120_000.0, 10_000.0, 10_000.0, -60_000.0)]
    bounds = [Bound(name, name, "", 0.0, 1.0, {}, "") for name in ("dearer", "cheaper")]
    found = OneWay(options(3), bounds, base, outcomes_of(*others), pd.DataFrame())
    dearer, cheaper, counted = driver_lines(found)
    assert dearer.endswith("the decision stays.") and cheaper.endswith("the decision changes.")
    assert f"against {options(3).arms[0].short_label} at" in counted


@pytest.mark.parametrize(
    "value, words", [(0.60563, "0.606"), (12.61, "12.6"), (15980.4, "15,980"), (1.0, "1"), (-2.5, "-2.5")]
)
def test_bounds_have_three_digits(value: float, words: str) -> None:
    assert bound_words(value) == words


def test_the_probability_of_the_sentence_is_the_share_of_draws() -> None:
    psa = small_output("two arms").results["psa"]
    threshold = psa.definition.willingness_to_pay()
    better = np.mean(threshold * psa.incremental_qalys - psa.incremental_costs > 0)
    assert f"the probability of being cost-effective is {better:.1%} at" in uncertainty(psa).replace("<0.1%", "0.0%")
    low, high = np.percentile(psa.incremental_qalys, [2.5, 97.5])
    assert f"the QALYs gained between {low:.2f} and {high:.2f}" in uncertainty(psa)


def test_which_result_heads_the_page() -> None:
    found = small_output("two arms").results
    base = found["base"]
    for headline in ("deterministic", "probabilistic"):
        settings = dataclasses.replace(base.definition.settings, headline=headline)
        definition = dataclasses.replace(base.definition, settings=settings)
        page = first_page(Results(dataclasses.replace(base, definition=definition), found["psa"]))
        assert page.headline == headline
        own = base.conclusion()
        assert (page.answer == own) is (headline == "deterministic")
        assert page.beside.endswith(own) is (headline == "probabilistic")
