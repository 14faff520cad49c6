"""The input workbook: which tables stand on which sheet, under which title.

Columns are not declared here: headers, types, units, bounds and help texts come from the records of
:mod:`model.definition`, and reader, writer, drop-downs, comments and messages come from both.
"""

from __future__ import annotations

from model.definition.records.settings import About, Settings
from model.excel.inputs.table_specs import FieldsSpec, SheetSpec, TableSpec

ABOUT = FieldsSpec(
    "about",
    "About this model",
    "The decision problem in words; printed on every output.",
    About,
    "About",
    "Entry",
    ("What to write",),
)
SETTINGS = FieldsSpec(
    "settings",
    "Settings",
    "Conventions of the calculation. Every one is echoed in the results.",
    Settings,
    "Setting",
    "Value",
    ("Unit", "Allowed", "What it does", "Source", "Quality", "Notes"),
)

SHEETS: tuple[SheetSpec, ...] = (
    SheetSpec(
        "Cover",
        "Cover",
        "What the model is about, how to use the workbook, and what stands where",
        (ABOUT,),
        ("How to use this workbook", "Colour key", "Contents"),
    ),
    SheetSpec(
        "Settings",
        "Settings",
        "Horizon, cycle, discounting and the other conventions of the calculation",
        (
            SETTINGS,
            TableSpec("thresholds", "Willingness-to-pay thresholds", "Amounts per QALY at which results are stated."),
            TableSpec(
                "discount_steps",
                "Later discount rates",
                "Rates that replace those of the settings from a year on; leave empty for constant rates.",
                required=False,
            ),
        ),
    ),
    SheetSpec(
        "Population",
        "Population",
        "Who is treated: age, sex and body size",
        (
            TableSpec(
                "population",
                "Treated population",
                "Age and share of women shift the life table and the utility norms; body size sets weight-based doses.",
                value_format="0.0###",
            ),
        ),
    ),
    SheetSpec(
        "Arms",
        "Arms and regimens",
        "The treatments compared, the drugs of each, and how long they are taken",
        (
            TableSpec("arms", "Arms", "One row per treatment option; its id is used on all other sheets."),
            TableSpec(
                "regimens", "Regimens", "One row per drug of an arm, with the rule by which treatment ends.", input_ids=True
            ),
            TableSpec(
                "treatment",
                "Use of drugs",
                "Uncertain numbers about an arm's use of a drug; an item that is not listed is 1.",
                required=False,
                value_format="0.000##",
            ),
        ),
    ),
    SheetSpec(
        "Survival",
        "Survival",
        "The curve of each arm and endpoint: where it comes from, its distribution, and the evidence behind it",
        (
            TableSpec(
                "curves",
                "Curves",
                "One row per arm and endpoint (pfs, os, or a drug's own time on treatment): source of the curve, "
                "distribution selector, waning.",
                input_ids=True,
            ),
            TableSpec(
                "relative_effects",
                "Relative effects",
                "The effect that turns the reference arm's curve into this arm's, for curves from relative_effect.",
                required=False,
                value_format="0.000##",
            ),
            TableSpec(
                "evidence",
                "Evidence",
                "Published statistics; curves from evidence are calibrated to those marked yes.",
                required=False,
                input_ids=True,
                grows=True,
            ),
            TableSpec(
                "follow_up",
                "Follow-up",
                "How many patients a published curve is of and how long they were followed; an empty Effective n of the "
                "evidence is calculated from it.",
                required=False,
                input_ids=True,
            ),
            TableSpec(
                "coefficients",
                "Coefficients",
                "Coefficients of curves from coefficients, in flexsurv's parametrisation, time in months.",
                required=False,
                value_format="0.000000##",
                grows=True,
            ),
            TableSpec(
                "covariance",
                "Covariance of coefficients",
                "Elements of the covariance on the estimation scale; an element not listed is 0. With a covariance, "
                "the coefficients are drawn jointly from it.",
                required=False,
                input_ids=True,
                grows=True,
            ),
            TableSpec(
                "model_weights",
                "Model weights",
                "Candidates of curves whose distribution is model_average; without rows, all that were fitted.",
                required=False,
            ),
        ),
    ),
    SheetSpec(
        "Patient data",
        "Patient data",
        "Patient records that survival curves are fitted to",
        (
            TableSpec(
                "patient_data",
                "Patient records",
                "One row per patient and endpoint; used by curves from patient_data.",
                required=False,
                grows=True,
            ),
        ),
    ),
    SheetSpec(
        "Digitised curves",
        "Digitised curves",
        "Published Kaplan-Meier curves, click by click, with their numbers at risk",
        (
            TableSpec(
                "digitised_sources",
                "Curves digitised",
                "One row per curve: total events if reported, and the figure it was read from.",
                required=False,
            ),
            TableSpec(
                "numbers_at_risk",
                "Numbers at risk",
                "As printed under the figure, from time 0 on.",
                required=False,
                grows=True,
            ),
            TableSpec(
                "digitised",
                "Points of the curves",
                "Clicks on each curve, from (0, 1) on; enough of them to follow every step.",
                required=False,
                grows=True,
            ),
        ),
    ),
    SheetSpec(
        "Survival tables",
        "Survival tables",
        "Survival curves given as tables",
        (
            TableSpec(
                "survival_tables",
                "Survival by time",
                "One row per time, from (0, 1) to the horizon; used by curves from survival_table.",
                required=False,
                grows=True,
            ),
        ),
    ),
    SheetSpec(
        "States",
        "Health states",
        "For models with more than three states; leave empty for progression-free, progressed and dead",
        (
            TableSpec(
                "states",
                "States",
                "One row per state in which patients live, from the lowest curve to the highest: a state holds those below "
                "its curve and not below that of the row before. Without rows: progression_free until pfs, then progressed.",
                required=False,
                input_ids=True,
            ),
        ),
        may_be_missing=True,
    ),
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
    SheetSpec(
        "Life table",
        "Life table",
        "Mortality of the general population by age and sex",
        (
            TableSpec(
                "life_table",
                "Yearly probability of death",
                "One row per year of age, none left out; after the last row the model takes 1 (nobody survives). A table "
                "that ends with survivors before the horizon and before age 95 is refused.",
                required=False,
                grows=True,
            ),
        ),
    ),
    SheetSpec(
        "Utility norms",
        "Utility norms",
        "Mean utility of the general population by age",
        (TableSpec("utility_norms", "Norms by age", "Each norm holds from its age until the next row.", required=False),),
    ),
    SheetSpec(
        "Correlations",
        "Correlations",
        "Correlations between uncertain inputs, for the probabilistic analysis",
        (
            TableSpec(
                "correlations",
                "Correlated inputs",
                "One row per pair of inputs, each with a distribution of its own, or of curves by their level (high: longer "
                "restricted mean survival); pairs not listed are independent. Coefficients of one curve, shares of one group "
                "and endpoints of resampled patients are drawn together anyway.",
                required=False,
                input_ids=True,
            ),
        ),
        may_be_missing=True,
    ),
    SheetSpec(
        "Scenarios",
        "Scenarios",
        "What-if analyses: each changes one or more inputs",
        (
            TableSpec(
                "scenarios",
                "Scenario changes",
                "Rows with the same id are one scenario. Input: an Input id from another sheet for its value, or with "
                "a field name, such as utilities.progressed or curves.control.pfs.distribution.",
                required=False,
            ),
        ),
    ),
    SheetSpec(
        "Agencies",
        "Agencies",
        "What one agency or another asks for beside costs and QALYs; costs and QALYs depend on none of it",
        (
            TableSpec(
                "severity_bands",
                "Weights by severity",
                "Weights of QALYs by the shortfall under the comparator; a band holds from either cut-off on, and the "
                "highest weight counts. Without rows no severity is calculated.",
                required=False,
            ),
            TableSpec(
                "life_year_values",
                "Equal-value life years",
                "What a life year gained counts, whatever the patients' health. Without a row no equal-value life years are "
                "calculated.",
                required=False,
            ),
            TableSpec(
                "patient_mix",
                "Ages and sexes of the patients",
                "For the QALYs of people like the patients without the disease, averaged over the groups. Without rows: the "
                "age and the share of women of the sheet Population.",
                required=False,
                grows=True,
            ),
            TableSpec(
                "norm_equation",
                "Utility norms by formula",
                "A second set of norms for the shortfall, constant + male + age x years + age_squared x years^2, beside the "
                "table of the sheet Utility norms. A term that is not listed is 0.",
                required=False,
            ),
        ),
        may_be_missing=True,
    ),
    SheetSpec(
        "Subgroups",
        "Subgroups",
        "Parts of the population: how large each is, and which inputs differ there",
        (
            TableSpec(
                "subgroups",
                "Subgroups",
                "The base case is run in each; the shares sum to 1. A subgroup without a change below equals the base case.",
                required=False,
                input_ids=True,
            ),
            TableSpec(
                "subgroup_changes",
                "Inputs that differ",
                "One row per subgroup and input, as on the sheet Scenarios. Every other input is that of the whole "
                "population. Where a scenario is shown as well, the subgroup is applied first and then the scenario.",
                required=False,
            ),
        ),
        may_be_missing=True,
    ),
    SheetSpec(
        "Validation",
        "Validation",
        "Figures from outside the model, shown beside its results; limits of the flags that judge its curves",
        (
            TableSpec(
                "external_evidence",
                "External survival evidence",
                "Medians and landmarks of other studies; they do not change any result.",
                required=False,
                grows=True,
            ),
            TableSpec(
                "published_analyses",
                "Published economic analyses",
                "Other cost-effectiveness analyses of the same question; they do not change any result.",
                required=False,
            ),
            TableSpec(
                "coherence_limits",
                "Limits of the coherence flags",
                "Beyond them the sheet Coherence of the results says that PFS and OS do not hang together; no cost and no "
                "QALY depends on them. A flag that is not listed is not looked for.",
                required=False,
                input_ids=True,
            ),
        ),
    ),
    SheetSpec(
        "Assumptions",
        "Assumptions",
        "What was assumed, why, and which scenario explores it",
        (TableSpec("assumptions", "Structural assumptions", "One row per assumption.", required=False),),
    ),
    SheetSpec(
        "References",
        "References",
        "Sources by the ids used in the Source columns",
        (TableSpec("references", "References", "One row per source.", required=False),),
    ),
    SheetSpec(
        "Version log",
        "Version log",
        "What changed from one version of the inputs to the next",
        (TableSpec("versions", "Versions", "One row per version, the latest last.", required=False),),
        may_be_missing=True,
    ),
)

TABLE_SPECS: dict[str, TableSpec] = {
    table.name: table for sheet in SHEETS for table in sheet.tables if isinstance(table, TableSpec)
}
SHEET_OF: dict[str, SheetSpec] = {table.name: sheet for sheet in SHEETS for table in sheet.tables}
