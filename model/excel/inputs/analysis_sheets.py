"""The sheets of the general population, and of what is asked of the model beside its base case."""

from __future__ import annotations

from model.excel.inputs.table_specs import SheetSpec, TableSpec

GENERAL_POPULATION: tuple[SheetSpec, ...] = (
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
)

ANALYSES: tuple[SheetSpec, ...] = (
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
)
