"""The part of the patients the budget pays for while a subgroup is shown, live: twin of `definition/one_subgroup.py`."""

from __future__ import annotations

from model.definition.model_definition import ModelDefinition
from model.definition.one_subgroup import ITEMS
from model.excel.formulas.formula import Formula
from model.excel.formulas.functions import where
from model.excel.inputs.layout import Layout
from model.excel.pages.growing_tables import Facts
from model.excel.pages.page import Page


def share_shown(definition: ModelDefinition, layout: Layout, page: Page, shown: Formula, keys: Formula) -> Formula | None:
    """Write the share of all patients that belongs to the subgroup ``shown``: all where none is, or where the subgroup says
    itself for whom it is; nothing where there is no budget. ``keys``: number|input of every input that differs."""
    if not definition.market_shares:
        return None
    facts = Facts(
        page,
        "Patients of the subgroup shown",
        "The budget pays for the subgroup's share of the prevalent and of the new patients; for as many as it says where an "
        "input of the sheet Budget impact is its own.",
    )
    counted = Formula(f"COUNTIF({keys.text},{shown.then(f'|{ITEMS}.*').text})", 0.0)
    own = facts.add("Inputs of the sheet Budget impact that are its own", counted, kind="plain")
    shares = layout.tables["subgroups"].block("share").reference
    of_group = Formula(f"INDEX({shares},{shown.text})", 1.0)
    share = where(shown.equals(0), 1, where(own > 0, 1, of_group))
    return facts.add("Share of the patients", share, kind="share")
