"""The list price at which the decision changes, live: costs are linear in a price, so the price has a closed form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.definition.model_definition import address_of
from model.engine.costs import drug_category

from ..live.evaluate import LiveModel
from ..live.formula import Formula, formula_of
from ..live.functions import where
from ..live.tables import Facts, GrowingTable
from .cells import Column
from .page import Page
from .report import Report

WIDE = 58.0


def write_prices(
    report: Report,
    live: LiveModel,
    page: Page,
    positions: tuple[Formula, Formula],
    increment: Callable[[str], Formula],
    thresholds: list[Formula],
) -> None:
    """A row per pack of every drug that only the intervention of the run uses, and per threshold."""
    drugs = _drugs(report)
    if not drugs:
        return
    facts = Facts(
        page, "What a drug adds to the incremental cost",
        "Acquisition in both arms, as first-line treatment of the arm or after progression, at today's prices.",
    )  # fmt: skip
    parts = {
        drug: facts.add(
            report.definition.drug(drug).label, _part(report, live, positions, drug), report.currency
        )
        for drug in drugs
    }
    table = GrowingTable(
        page,
        "Price at which the decision changes",
        "List price per pack at which the incremental net monetary benefit is zero, all else as it is, at the discounts of "
        "the inputs; packs of one drug move together. Below zero: not even a free drug would be cost-effective.",
        [
            Column("Pack or vial", "text", WIDE),
            Column(f"Willingness to pay, {report.currency} per QALY", "money"),
            Column(f"List price today, {report.currency}", "price"),
            Column(f"Price at which INMB is zero, {report.currency}", "price"),
            Column("Share of today's price", "share"),
            Column("Price cut needed", "share"),
            Column("In words", "text", 30),
        ],
    )
    for drug in drugs:
        for product in (p for p in report.definition.products if p.drug == drug):
            label = f"{report.definition.drug(drug).label}, {product.product.replace('_', ' ')}"
            for threshold in thresholds:
                _row(
                    table,
                    label,
                    threshold,
                    live.inputs[address_of("products", product)],
                    parts[drug],
                    increment,
                )


def _drugs(report: Report) -> list[str]:
    """Drugs that only the intervention uses (every drug it uses, if there is none such), with a cost in the run."""
    definition = report.definition
    others = {r.drug for r in definition.regimen(definition.settings.comparator)}
    used = [r.drug for r in definition.regimen(definition.settings.intervention)]
    own = [d for d in used if d not in others] or used
    return [d for d in own if any(p.parameter.value > 0 for p in definition.products if p.drug == d)]


def _part(report: Report, live: LiveModel, positions: tuple[Formula, Formula], drug: str) -> Formula:
    """What one drug adds to the cost of the intervention over that of the comparator."""
    category = drug_category(report.definition.drug(drug))
    amounts: list[Formula] = []
    for trace in live.arms.values():
        made: Formula = formula_of(0)
        for line in trace.of_kind("cost"):
            if line.category == category:
                made = made + line.discounted
            if line.drug == drug and line.of_drug is not None:
                made = made + line.of_drug
        amounts.append(made)
    old, new = positions
    listed = ",".join(a.text for a in amounts)
    values = np.array([float(a.value) for a in amounts])
    value = float(values[int(new.value) - 1] - values[int(old.value) - 1])
    return Formula(f"CHOOSE({new.text},{listed})-CHOOSE({old.text},{listed})", value)


def _row(
    table: GrowingTable,
    label: str,
    threshold: Formula,
    today: Formula,
    part: Formula,
    increment: Callable[[str], Formula],
) -> None:
    row = table.at.n_rows
    gain, cost = increment("qalys"), increment("costs")
    share_cell = Formula(table.at.cell(row, 4), 0.0)
    share = (
        where(part > 0, (threshold * gain - (cost - part)) / part, "")
        if part.value > 0
        else _no_share(part, threshold, gain, cost)
    )
    share_cell.value = share.value
    price_cell = Formula(table.at.cell(row, 2), today.value)
    known = share.value != ""
    zero = (
        where(share_cell.equals(""), "", share_cell * price_cell)
        if known
        else Formula(f'IF({share_cell.text}="","",{share_cell.text}*{price_cell.text})', "")
    )
    cut_text = f'IF({share_cell.text}="","",IF({share_cell.text}<0,"",1-{share_cell.text}))'
    words_text = (
        f'IF({share_cell.text}="","the drug adds no cost",IF({share_cell.text}<0,"no price is low enough",'
        f'IF({share_cell.text}>=1,"cost-effective today","a lower price is needed")))'
    )
    if not known:
        cut, words = "", "the drug adds no cost"
    else:
        s = float(share.value)
        cut = "" if s < 0 else 1 - s  # type: ignore[assignment]
        words = (
            "no price is low enough"
            if s < 0
            else "cost-effective today"
            if s >= 1
            else "a lower price is needed"
        )
    table.add(label, threshold, today, zero, share, Formula(cut_text, cut), Formula(words_text, words))


def _no_share(part: Formula, threshold: Formula, gain: Formula, cost: Formula) -> Formula:
    inner = f"({threshold.text}*{gain.text}-({cost.text}-{part.text}))/{part.text}"
    return Formula(f'IF({part.text}>0,{inner},"")', "")
