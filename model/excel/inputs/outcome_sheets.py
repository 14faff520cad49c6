"""The sheets of what health, treatment and care are worth and cost."""

from __future__ import annotations

from model.excel.inputs.table_specs import SheetSpec, TableSpec

HEALTH: tuple[SheetSpec, ...] = (
    SheetSpec(
        "Utilities",
        "Utilities",
        "Quality-of-life weight of each health state, and changes while on a drug",
        (TableSpec("utilities", "Utilities", "1 is full health, 0 is as bad as death.", value_format="0.000##"),),
    ),
    SheetSpec(
        "Adverse events",
        "Adverse events",
        "Which events count, how likely they are in each arm, and what they cost",
        (
            TableSpec(
                "adverse_events", "Events", "One row per event; each needs a probability for every arm.", required=False
            ),
            TableSpec(
                "event_probabilities",
                "Probabilities",
                "Probability that a patient of the arm has the event.",
                required=False,
                value_format="0.000##",
                grows=True,
            ),
            TableSpec(
                "event_consequences",
                "Consequences",
                "Cost of one event, utility lost, and for how long; what is not listed is 0.",
                required=False,
            ),
        ),
    ),
)

COSTS: tuple[SheetSpec, ...] = (
    SheetSpec(
        "Drugs",
        "Drugs",
        "Doses, schedules, packs and vials, list prices, discounts, and prices that change over time",
        (
            TableSpec("drugs", "Drugs", "Dose and schedule of each drug.", input_ids=True),
            TableSpec(
                "products",
                "Packs and vials",
                "One row per pack or vial size; Value is its list price. The cheapest combination covers a dose.",
                value_format="#,##0.00##",
            ),
            TableSpec(
                "discounts",
                "Discounts",
                "Share taken off the list price; a drug that is not listed has none.",
                required=False,
                value_format="0.000##",
            ),
            TableSpec(
                "price_changes",
                "Price changes",
                "From a month or a date on another price, such as generic entry. A factor is about the list price above, not "
                "about the row before; each row holds until the next one of the same pack.",
                required=False,
            ),
        ),
    ),
    SheetSpec(
        "Price index",
        "Price index",
        "Levels of prices by year, by which costs of different years are brought to one price year",
        (
            TableSpec(
                "price_index",
                "Price index",
                "A cost with a price year is multiplied by the index of the price year of the sheet Settings over that of "
                "its own year; one without is taken as typed.",
                required=False,
                input_ids=True,
            ),
        ),
        may_be_missing=True,
    ),
    SheetSpec(
        "Care",
        "Administration and care",
        "Cost of giving the drugs, of visits, tests and other care",
        (
            TableSpec(
                "administration", "Administration", "Cost of giving a drug once.", required=False, value_format="#,##0.00##"
            ),
            TableSpec(
                "care",
                "Care and monitoring",
                "Costs that accrue in a state, at visits, or once.",
                required=False,
                value_format="#,##0.00##",
            ),
        ),
    ),
    SheetSpec(
        "After progression",
        "After progression",
        "Deaths among progressions, later treatment, care at the end of life",
        (
            TableSpec(
                "progression",
                "Progression",
                "Share of PFS events that are deaths, and share treated again after progression.",
                required=False,
                value_format="0.000##",
            ),
            TableSpec(
                "subsequent",
                "Subsequent treatment",
                "Drugs after progression: shares of the treated (they sum to 1) and mean durations in months.",
                required=False,
                value_format="0.000##",
            ),
            TableSpec("end_of_life", "End of life", "Costs at death.", required=False, value_format="#,##0.00##"),
        ),
    ),
    SheetSpec(
        "Budget impact",
        "Budget impact: patients, market shares and net prices",
        "Who is treated with and without the intervention, and what is paid after rebates; leave empty for no budget impact",
        (
            TableSpec(
                "budget_items",
                "Patients",
                "How many patients there are. Prevalent patients who have not had this line of treatment start it in year 1, "
                "together with the new patients of that year; from then on new patients alone start.",
                required=False,
                input_ids=True,
            ),
            TableSpec(
                "market_shares",
                "Market shares",
                "Which arm those get who start in a year, without the intervention in the market and with it; nobody changes "
                "arms later. As many years as are listed are budgeted (at most 10). A row that is missing counts as 0.",
                required=False,
                input_ids=True,
            ),
            TableSpec(
                "net_prices",
                "Net prices",
                "Rebates that the budget holder gets and the model leaves out; a drug that is not listed costs what it does "
                "in the model. They reduce what arms pay for their drugs, not courses after progression.",
                required=False,
                input_ids=True,
            ),
        ),
        may_be_missing=True,
    ),
)
