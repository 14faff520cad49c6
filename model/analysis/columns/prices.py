"""Tables of the analyses of prices."""

from __future__ import annotations

from model.analysis.columns.common import INCREMENTAL_COST, INMB, INMB_AT, INPUT, WILLINGNESS_TO_PAY
from model.result_columns import Repeated, Table, amount, number, text

PRODUCT = text("product", "Pack or vial", 50, "The drug and its pack or vial, or the cost, in words")
PRICE_UNIT = text("unit", "Price is in", 18, "Unit of the price")
PRICE = amount("price", "List price today", 18, "Price before discounts", "price")
INTERCEPT = amount("intercept", "a", 18, "Value-based price at a threshold of 0", "price")
SLOPE = number("slope", "b, per unit of threshold", "small", 18, "Rise of the value-based price per unit of threshold")
PRICE_AT_ZERO = amount("price_at_zero_inmb", "Value-based price", 18, "Price at which the INMB is 0; may be below 0", "price")
SHARE_OF_PRICE = number("share_of_price", "Share of today's price", "share", 18, "Value-based price over list price today")
TRIED_PRICE = amount("price", "Price", 50, "A price of the first pack or vial", "price")
INMB_AT_PRICE = amount("inmb", "INMB of a run at this price", 24, "INMB of a run of the model: 0 but for rounding", "tiny")
BEST_FROM = amount("best_from", "Best from", 18, "Lowest price at which no option is better", "price")
BEST_UP_TO = amount("best_up_to", "Best up to", 18, "Highest such price; infinite: no limit; empty: no such price", "price")
BETTER_BELOW = text("better_below", "Better below it", 24, "The option that is better below the lowest price")
BETTER_ABOVE = text("better_above", "Better above it", 18, "The option that is better above the highest price")
BEST_TODAY = text("best_today", "Best at today's price", 18, "Does the list price today lie between the two?")
CHANCE_TODAY = number("probability_today", "Chance at list price", "chance", 18, "Share of draws in which it is best today")
CHANCE_FREE = number("probability_free", "Chance at a price of zero", "chance", 18, "The same at a list price of zero")
MEAN_PRICE = amount(
    "price_at_zero_mean_inmb",
    "Highest price with the highest mean net benefit",
    18,
    "Below 0: not even at zero; empty: at no price",
    "price",
)
EVEN_PRICE = amount(
    "price_with_even_chance",
    "Highest price with an even chance",
    24,
    "Best in half of the draws; empty: at no price",
    "price",
)
CHANCE_AT_PRICE = number(
    "{threshold:}",
    "Chance at {currency} {threshold:,.0f} per QALY",
    "chance",
    18,
    "Share of draws in which the intervention is the best option at this price and threshold",
)
NET_PRICE = amount("net price {drug}", "Net price of {drug}", 18, "Price of the first pack after all discounts", "price")
DISCOUNT = number("discount {drug}", "Discount of {drug}", "share", 18, "What the net price takes off the list price")

LINES = Table(
    "value_based_prices", "Value-based price: a line in the threshold", (INPUT, PRODUCT, PRICE_UNIT, PRICE, INTERCEPT, SLOPE)
)
AT_THRESHOLDS = Table(
    "threshold_prices",
    "Value-based price at each threshold",
    (INPUT, PRODUCT, PRICE, WILLINGNESS_TO_PAY, PRICE_AT_ZERO, SHARE_OF_PRICE),
)
CONFIRMED = Table(
    "confirmed_prices", "Runs of the model at the value-based prices", (INPUT, WILLINGNESS_TO_PAY, TRIED_PRICE, INMB_AT_PRICE)
)
AGAINST_ALL = Table(
    "prices_against_all_options",
    "Prices between which the intervention is the best of all options",
    (INPUT, PRODUCT, PRICE, WILLINGNESS_TO_PAY, BEST_FROM, BEST_UP_TO, BETTER_BELOW, BETTER_ABOVE, BEST_TODAY),
)
CHANCES = Table(
    "price_chance",
    "Chance of being cost-effective at each threshold",
    (WILLINGNESS_TO_PAY, CHANCE_TODAY, CHANCE_FREE, MEAN_PRICE, EVEN_PRICE),
)
CURVE = Table("price_probability", "Price-probability curve", (TRIED_PRICE, Repeated((CHANCE_AT_PRICE,))))
NET_PRICES = Table(
    "net_prices", "Net benefit over net prices of two drugs", (Repeated((NET_PRICE,)), Repeated((DISCOUNT,)), INMB)
)
BOUNDARY = Table("net_price_boundary", "Net prices at which net benefit is zero", (Repeated((NET_PRICE,)),))
PRICE_STEPS = Table(
    "price_steps",
    "The answer at other prices",
    (
        *(PRODUCT, amount("price", "Price of it", 18, "List price of the first pack or vial, before discounts", "price")),
        number("share_of_price", "Of today's price", "share", 14, "Price over list price today"),
        INCREMENTAL_COST,
        text("ratio", "ICER, in words", 34, "Cost per QALY gained, or what stands in its place"),
        *(Repeated((INMB_AT,)), text("verdict", "What follows", 44, "Is the intervention the best of all options?", "note")),
    ),
)
