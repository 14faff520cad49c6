"""QALYs without the disease as formulas: the twin of `analysis/agencies/population_qalys.py`.

Of each group a row per year of age: the time of it that is left is cut where the discount rate changes, and lived and
discounted piece by piece. QALYs are the sum of share alive x years lived x utility.
"""

from __future__ import annotations

import dataclasses
import itertools

from model.analysis.agencies.population_qalys import NORM_WORDS, TABLE
from model.definition.records.agency import AGE, AGE_SQUARED, CONSTANT, MALE
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import exp, index, maximum, minimum, ordinal, sumproduct, total, where, whole
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.pages.cells import PageColumn
from model.excel.pages.growing_tables import Facts, GrowingTable, RowBuilder
from model.excel.pages.page import Page

SEXES = ("women", "men")
WIDE = 58.0


@dataclasses.dataclass(frozen=True)
class People:
    """Cells by year of age: ``ages``, by sex ``hazards``; by norms and sex columns of ``utilities``. ``log_rates``: of each
    piece into which a year may be cut."""

    ages: list[Formula]
    hazards: dict[str, list[Formula]]
    utilities: dict[tuple[str, str], Formula]
    log_rates: list[Formula]


def write_people(report: Report, live: LiveModel, page: Page, norms: list[str]) -> People:
    """What is known of each year of age, and the discount rates."""
    rates = _log_rates(live, page)
    life = live.bench.life_table
    assert life is not None
    keys = [(n, sex) for n in norms for sex in SEXES]
    table = GrowingTable(
        page,
        "People without the disease, by year of age",
        "Hazard and utility are constant within a year of age (norms by formula: at its middle).",
        [
            PageColumn("Year of age", "plain", WIDE),
            *(PageColumn(f"Hazard, {sex}", "small", 16) for sex in SEXES),
            *(PageColumn(f"Utility, {sex}, {NORM_WORDS[n].lower()}", "factor", 16) for n, sex in keys),
        ],
    )
    ages, hazards = list[Formula](), {sex: list[Formula]() for sex in SEXES}
    n_ages = len(report.definition.life_table)
    for number in range(n_ages):
        row = RowBuilder(table)
        ages.append(row.put(life.cell(number, 0), "plain"))
        for i, sex in enumerate(SEXES):
            hazards[sex].append(row.put(life.cell(number, 2 + 3 * i), "small"))
        for made in _utilities(report, live, ages[-1], norms):
            row.put(made, "factor")
        row.close()
    spans = {key: table.span(3 + k, 0, n_ages - 1) for k, key in enumerate(keys)}
    return People(ages, hazards, spans, rates)


def _log_rates(live: LiveModel, page: Page) -> list[Formula]:
    """The log discount rate of each piece of a year of age: up to the next whole year, which has none, or by later rates."""
    rules = live.timeline.rules.discounting
    facts = Facts(
        page,
        "Discounting of the QALYs without the disease",
        "A year of age is cut where later rates begin or, discounting by whole years, at the whole year inside it.",
    )
    rates = rules.rates["effects"]
    found = []
    for k in range(len(rates.value)):
        summed = total(*(index(rates, ordinal(rates, i)) for i in range(k + 1)))
        words = "Log discount rate of effects" if k == 0 else "… from the start of the next rate on"
        found.append(facts.add(words, where(rules.annual, 0, summed), "per year", "0 within a whole year" if k == 0 else ""))
    return found if len(found) > 1 else found * 2


def _utilities(report: Report, live: LiveModel, age: Formula, norms: list[str]) -> list[Formula]:
    """The utility of one year of age by norms and sex."""
    inputs, cells = live.inputs, list[Formula]()
    for n in norms:
        if n == TABLE:
            near = live.bench.constants.time_tolerance
            place = maximum(1, count_below(age + near, inputs.keys("utility_norms", "from_age")))
            values = inputs.column([f"utility_norms.{r.from_age:g}.utility" for r in report.definition.utility_norms])
            cells += [index(values, place)] * 2
        else:
            terms = {r.term: inputs[f"norm_equation.{r.term}.coefficient"] for r in report.definition.norm_equation}
            middle = age + 0.5
            powers = {CONSTANT: formula_of(1), AGE: middle, AGE_SQUARED: middle * middle}
            made = sum((terms[t] * p for t, p in powers.items() if t in terms), formula_of(0))
            cells += [made, made + terms[MALE] if MALE in terms else made]
    return cells


def write_years_lived(
    live: LiveModel, page: Page, label: str, start: Formula, people: People
) -> dict[str, tuple[Formula, Formula]]:
    """By sex two columns by year of age, of people who are ``start`` years old at time zero: the share alive when it begins,
    and the discounted years that one of them lives in it."""
    pieces = len(people.log_rates)
    table = GrowingTable(
        page,
        f"Years lived without the disease: {label}",
        "Years are counted from time zero; 0 for those of age before it. QALYs: share alive x years lived x utility, summed.",
        [
            PageColumn("Year of age", "plain", WIDE),
            PageColumn("From year", "any", 16),
            PageColumn("Until year", "any", 16),
            *(PageColumn(f"Cut {k}", "any", 16) for k in range(1, pieces)),
            *(PageColumn(f"Discount factor at the {_place(k)}", "small", 16) for k in range(pieces)),
            *(PageColumn(f"{what}, {sex}", "small", 16) for sex in SEXES for what in ("Alive at the start", "Years lived")),
        ],
    )
    rules = live.timeline.rules.discounting
    alive = dict.fromkeys(SEXES, formula_of(1))
    for number, age in enumerate(people.ages):
        row = RowBuilder(table)
        age = row.put(age, "plain")
        begin, end = row.put(maximum(0, age - start)), row.put(maximum(0, age + 1 - start))
        cuts = [begin, *(row.put(cut) for cut in _cuts(live, begin, end, pieces - 1)), end]
        factors = [row.put(rules.factor(cut, "effects"), "small") for cut in cuts[:-1]]
        for sex in SEXES:
            hazard = people.hazards[sex][number]
            here = row.put(alive[sex], "small")
            row.put(_lived(live, hazard, cuts, factors, people.log_rates), "small")
            alive[sex] = here * exp(-(hazard * (end - begin)))
        row.close()
    first, last = 2 + 2 * pieces, len(people.ages) - 1
    return {sex: (table.span(first + 2 * i, 0, last), table.span(first + 1 + 2 * i, 0, last)) for i, sex in enumerate(SEXES)}


def _place(number: int) -> str:
    return "start" if number == 0 else f"cut {number}"


def _cuts(live: LiveModel, begin: Formula, end: Formula, n: int) -> list[Formula]:
    """Where a year of age is cut: at the whole year since time zero inside it, or at the starts of later rates."""
    rules = live.timeline.rules.discounting
    following = minimum(end, whole(begin + rules.tolerance) + 1)
    found = []
    for k in range(1, n + 1):
        at_whole = following if k == 1 else end
        if len(rules.starts.value) > k:
            at_rate = minimum(end, maximum(begin, index(rules.starts, ordinal(rules.starts, k))))
        else:
            at_rate = end
        found.append(where(rules.annual, at_whole, at_rate))
    return found


def _lived(
    live: LiveModel, hazard: Formula, cuts: list[Formula], factors: list[Formula], log_rates: list[Formula]
) -> Formula:
    """Discounted years of one who is alive at the first cut, until the last."""
    lived = formula_of(0)
    for (begin, end), factor, rate in zip(itertools.pairwise(cuts), factors, log_rates, strict=True):
        lived = lived + exp(-(hazard * (begin - cuts[0]))) * factor * stay(live, hazard + rate, end - begin)
    return lived


def stay(live: LiveModel, rate: Formula, years: Formula) -> Formula:
    """Years until an event of constant rate, or until ``years`` have passed."""
    passed = rate * years
    few = passed < live.bench.constants.small_tail
    return where(few, years * (1 - passed / 2), (1 - exp(-passed)) / where(few, 1, rate))


def count_below(what: Formula, span: Formula) -> Formula:
    """How many cells of a range are not above a value."""
    return sumproduct((span <= what) * 1)
