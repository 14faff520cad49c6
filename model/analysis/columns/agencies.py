"""Tables of what agencies ask for: severity, equal-value life years, price benchmarks, stepped results."""

from __future__ import annotations

from model.analysis.columns.common import (
    ICER,
    INCREMENTAL_COST,
    INCREMENTAL_LIFE_YEARS,
    INCREMENTAL_QALYS,
    INPUT,
    PER_QALY,
    WILLINGNESS_TO_PAY,
)
from model.analysis.columns.prices import PRICE, PRODUCT
from model.result_columns import Repeated, ResultColumn, Table, amount, number, text

COMPARATOR = text("comparator", "Comparator", 50, "The arm that the intervention is compared with")
NORMS = text("norms", "Norms", 24, "Where the utility of the general population comes from")
WEIGHT = number("weight", "QALY weight", "ratio", 12, "What a QALY gained counts")
SEVERITY = Table(
    "severity",
    "Severity: shortfall and weight under each comparator",
    (
        COMPARATOR,
        NORMS,
        number("without_disease", "Without the disease, {unit}", "qalys", 16, "Same age and sex, discounted", "QALYs"),
        number("with_disease", "Under the comparator, {unit}", "qalys", 16, "Per patient, discounted", "QALYs"),
        number("absolute_shortfall", "Absolute shortfall, {unit}", "qalys", 16, "QALYs lost to the disease", "QALYs"),
        number("proportional_shortfall", "Proportional shortfall", "share", 16, "Share of QALYs lost to the disease"),
        WEIGHT,
        INCREMENTAL_COST,
        INCREMENTAL_QALYS,
        number("weighted_qalys", "Weighted QALYs gained", "gain", 16, "Incremental QALYs times the weight", "QALYs"),
        ICER,
        ResultColumn(
            "weighted_icer", "ICER with the weight, {unit} gained", PER_QALY, "money", 0, "Incremental cost per weighted QALY"
        ),
        number(
            "alive_at_horizon",
            "Still alive at the horizon",
            "share",
            12,
            "Under the comparator; their later QALYs are not counted",
        ),
        text("remark", "Remark", 54, "Where so many are alive that the shortfall is overstated"),
    ),
)
SEVERITY_BENEFIT = Table(
    "severity_net_benefit",
    "Net health benefit without and with the weight",
    (
        COMPARATOR,
        NORMS,
        WILLINGNESS_TO_PAY,
        WEIGHT,
        number("nhb", "Net health benefit, {unit}", "gain", 16, "Incremental QALYs - cost / threshold", "QALYs"),
        number(
            "weighted_nhb",
            "Net health benefit with the weight, {unit}",
            "gain",
            16,
            "Weighted incremental QALYs - cost / threshold",
            "QALYs",
        ),
    ),
)

EQUAL_VALUE_GAINED = number(
    "equal_value_gained", "Equal-value life years gained", "gain", 16, "Intervention over comparator, discounted", "years"
)
EQUAL_VALUE = Table(
    "equal_value",
    "Equal-value life years gained over each comparator",
    (
        COMPARATOR,
        INCREMENTAL_COST,
        INCREMENTAL_LIFE_YEARS,
        INCREMENTAL_QALYS,
        EQUAL_VALUE_GAINED,
        amount("per_life_year", "Cost per life year gained", 16, "Incremental cost per life year gained"),
        amount("per_qaly", "Cost per QALY gained", 16, "Incremental cost per QALY gained"),
        amount("per_equal_value", "Cost per equal-value life year gained", 18, "Incremental cost per evLYG"),
    ),
)
PRICE_BY_QALYS = amount("price_by_qalys", "Price by QALYs", 16, "Net benefit is zero at the threshold per QALY", "price")
PRICE_BY_EQUAL_VALUE = amount(
    "price_by_equal_value", "Price by equal-value life years", 18, "The same at the threshold per evLYG", "price"
)
BENCHMARKS = Table(
    "price_benchmarks",
    "Health-benefit price benchmarks, against the comparator",
    (
        INPUT,
        PRODUCT,
        PRICE,
        WILLINGNESS_TO_PAY,
        PRICE_BY_QALYS,
        number("share_by_qalys", "Share of today's price", "share", 14, "Below 0: not even a free drug would do"),
        PRICE_BY_EQUAL_VALUE,
        number("share_by_equal_value", "Share of today's price, by evLYG", "share", 14, "Likewise"),
    ),
)

STEP_COST = amount("cost, {arm}", "Cost {arm}", 16, "Per patient of the arm, discounted")
STEP_OUTCOME = number("outcome, {arm}", "Outcome {arm}", "years", 16, "Per patient of the arm, discounted")
STEP_YEARS = number(
    "life_years_undiscounted, {arm}", "Undiscounted life years {arm}", "years", 16, "Within the step", "years"
)
STEPPED = Table(
    "stepped",
    "Stepped results: trial period, extrapolation, QALYs",
    (
        text("step", "Step", 50, "What the step counts"),
        text("outcome", "Outcome", 14, "In what the outcome is measured"),
        Repeated((STEP_COST,)),
        Repeated((STEP_OUTCOME,)),
        INCREMENTAL_COST,
        number("incremental_outcome", "Outcome gained", "gain", 14, "Intervention minus comparator, discounted"),
        amount("ratio", "Cost per unit gained", 16, "Incremental cost per unit of the outcome"),
        Repeated((STEP_YEARS,)),
        number(
            "incremental_life_years_undiscounted",
            "Life years gained, undiscounted",
            "gain",
            16,
            "Within the time of the step, intervention minus comparator",
            "years",
        ),
    ),
)
