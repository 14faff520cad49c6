"""The price at which the decision changes, or why at none, as formulas (``analysis/first_page/price_line.py``)."""

from __future__ import annotations

from model.analysis.first_page.price_line import NO_DRUG, free_words
from model.analysis.prices.sentences import LATER
from model.analysis.prices.value_based_price import plain_pack_words
from model.definition.model_definition import address_of
from model.definition.price_periods import changes_of
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import absolute, where
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page
from model.excel.report.answer_words import money_words, quantity_words
from model.excel.report.first_page.in_words import percent
from model.excel.report.pack_words import list_price_words
from model.excel.report.results import ResultsAt
from model.excel.report.switching_price import LimitsAt, PriceAt

BEYOND = 1.0
PRICE_IS_ZERO = "the price is zero, and no other one can be told in proportion to it."


def write_price_lines(
    report: Report, live: LiveModel, page: Page, results: ResultsAt, positions: tuple[Formula, Formula]
) -> list[Formula]:
    """A sentence for each drug of the intervention that has a price."""
    if not results.prices:
        return [formula_of(NO_DRUG)]
    facts = Facts(
        page, "The price line of the first page", "From the limits above, threshold by threshold, the highest first."
    )
    return [_Line(report, live, facts, results, positions[1], price).write() for price in results.prices]


class _Line:
    """The sentence of one drug: of its first pack; the others move with it."""

    def __init__(self, report: Report, live: LiveModel, facts: Facts, results: ResultsAt, new: Formula, price: PriceAt):
        self.report, self.facts, self.results, self.price = report, facts, results, price
        definition = report.definition
        product = next(p for p in definition.products if p.drug == price.drug)
        self.label = plain_pack_words(definition, product)
        self.listed, self.money_of = list_price_words(report, live, product)
        self.later = self._later(live)
        self.today = live.bench.unit_costs[address_of("products", product)]
        assert report.layout is not None
        short = report.layout.tables["arms"].block("short_label").reference
        self.name = Formula(f"INDEX({short},{new.text})", report.names[int(new.value) - 1])

    def write(self) -> Formula:
        facts, currency = self.facts, self.report.currency
        said = facts.add(f"Said of {self.label}", "", kind="text")
        explained = facts.add("… the option of the last reason", "", kind="text")
        rows = zip(self.results.thresholds, self.results.roles, self.price.limits, strict=True)
        for threshold, role, limits in reversed(list(rows)):
            at = formula_of(" at ").then(money_words(threshold, currency)).then(" per QALY")
            reason = facts.add("… why at no price", self._with_it_free(limits), kind="text")
            told = where(limits.rival.equals(explained), "", formula_of(", since even then ").then(reason))
            none = formula_of("at no list price, not even zero,").then(at).then(told)
            own = facts.add(
                "… at a threshold", where(limits.exists.equals(1), self._limits(limits).then(at), none), kind="text"
            )
            more = where(said.equals(""), own, own.then("; ").then(said))
            decided = role.equals("decision")
            now = facts.add("… with the one before", where(decided, more, said), kind="text")
            counts = Formula(
                f"AND({decided.text},{limits.exists.text}=0)", float(bool(decided.value) and not limits.exists.value)
            )
            explained = facts.add("… the option of the last reason", where(counts, limits.rival, explained), kind="text")
            said = now
        head = formula_of(f"{self.label} (").then(self.listed).then(self.later)
        head = facts.add("The drug and its price", head, kind="text")
        known = formula_of("cost-effective ").then(said).then(self.money_of).then(".")
        words = where(self.today.equals(0), PRICE_IS_ZERO, known)
        return facts.add("The sentence", head.then("): ").then(words), kind="free")

    def _later(self, live: LiveModel) -> Formula:
        """What becomes of prices that apply later."""
        said = formula_of("")
        for way, words in LATER.items():
            rows = [row for row in changes_of(self.report.definition, self.price.drug) if row.given_as == way]
            if rows:
                applying = [live.inputs.yes(f"{address_of('price_changes', row)}.applies") for row in rows]
                said = said.then(where(sum(applying, formula_of(0)) > 0, words, ""))
        return said

    def _limits(self, at: LimitsAt) -> Formula:
        """Between which prices it is the best option; no words where there is no such price."""
        low, high, today, currency = at.lowest, at.highest, self.today, self.report.currency
        h, l = _number(high), _number(low)  # noqa: E741
        has_low = Formula(f'IF({low.text}="",0,IF({l.text}>0,1,0))', float(low.value != "" and low.value > 0))
        has_high = Formula(f'IF({high.text}="",0,1)', float(high.value != ""))
        below = Formula(f"IF({h.text}<1,1,0)", float(h.value < 1))
        gone = Formula(f"MAX(0,1-{h.text})", max(0.0, 1.0 - h.value))
        cut = where(below, formula_of(" (a cut of ").then(percent(gone, 1)).then(")"), "")
        start = formula_of("from ").then(money_words(absolute(l * today), currency))
        stop = formula_of("up to ").then(money_words(absolute(h * today), currency)).then(cut)
        both = where(has_high, start.then(" ").then(stop), start)
        return where(has_low, both, where(has_high, stop, "at any list price"))

    def _with_it_free(self, at: LimitsAt) -> Formula:
        """What the intervention costs and gains at a list price of zero, against the best other option then."""
        currency, cost, qalys = self.report.currency, at.cost, at.qalys
        more = where(cost > 0, " more than ", " less than ")
        spent = formula_of(" costs ").then(money_words(absolute(cost), currency)).then(more)
        spent = self.name.then(where(cost.equals(0), " costs as much as ", spent)).then(at.rival)
        gained = quantity_words(absolute(qalys)).then(where(qalys > 0, " more", " fewer")).then(" QALYs")
        text = spent.then(" and gives ").then(where(qalys.equals(0), "as many QALYs", gained)).text
        words = (str(self.name.value), str(at.rival.value), float(cost.value), float(qalys.value), currency)
        return Formula(text, free_words(*words))


def _number(share: Formula) -> Formula:
    """A share that may be empty, as a number: 1 in its place."""
    empty = share.value == ""
    return Formula(f'IF({share.text}="",1,{share.text})', BEYOND if empty else float(share.value))
