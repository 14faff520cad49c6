"""The price at which the decision changes. Costs are linear in a price, so two runs give the whole line."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.definition.draws import Draws, base_case_draws
from model.definition.model_definition import ModelDefinition, address_of
from model.engine.evaluate import evaluate


def threshold_prices(
    definition: ModelDefinition, thresholds: tuple[float, ...] | None = None
) -> pd.DataFrame:
    """Per pack or vial of every drug that only the intervention uses (every drug it uses, if there is none such):
    the price at which INMB is zero at each threshold.

    Columns: input, product, price (today's list price), willingness_to_pay, price_at_zero_inmb, share_of_price (1 =
    today's list price; negative: not even a free drug would do), at discounts as in the definition. The price line is
    ``a + b x threshold`` (value-based price). The sizes of one drug move together, in proportion to their prices.
    """
    wtp = np.array(definition.all_thresholds() if thresholds is None else thresholds)
    s, (old, new) = definition.settings, definition.compared
    others = {r.drug for r in definition.regimen(s.comparator)}
    used = [r.drug for r in definition.regimen(s.intervention)]
    own = [drug for drug in used if drug not in others] or used
    base = base_case_draws(definition)
    rows = []
    for drug in own:
        products = [p for p in definition.products if p.drug == drug]
        scaled = {address_of("products", p): np.array([0.0, p.parameter.value]) for p in products}
        values = {k: np.repeat(v, 2, axis=0) for k, v in base.values.items()} | scaled
        outcomes = evaluate(definition, Draws(2, values), threads=1)
        cost = outcomes.total_costs[:, new] - outcomes.total_costs[:, old]
        gain = float(outcomes.total_qalys[0, new] - outcomes.total_qalys[0, old])
        at_list_price = float(cost[1] - cost[0])
        if at_list_price <= 0:
            continue
        for product in products:
            today = product.parameter.value
            label = f"{definition.drug(drug).label}, {product.product.replace('_', ' ')}"
            for threshold in wtp:
                share = (threshold * gain - float(cost[0])) / at_list_price
                rows.append((address_of("products", product), label, today, threshold, share * today, share))
    columns = ["input", "product", "price", "willingness_to_pay", "price_at_zero_inmb", "share_of_price"]
    return pd.DataFrame(rows, columns=columns)
