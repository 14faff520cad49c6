"""The sheets of survival: curves and the evidence behind them, and the states between the curves."""

from __future__ import annotations

from model.excel.inputs.table_specs import SheetSpec, TableSpec

SURVIVAL: tuple[SheetSpec, ...] = (
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
                "Coefficients of curves from coefficients: in flexsurv's parametrisation and in months, or as the table of "
                "curves says that they are printed.",
                required=False,
                value_format="0.000000##",
                grows=True,
            ),
            TableSpec(
                "covariance",
                "Covariance of coefficients",
                "Elements of the covariance on the estimation scale, or as printed with the coefficients; an element not "
                "listed is 0. With a covariance, the coefficients are drawn jointly from it.",
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
                "One row per time, from (0, 1) to the horizon, or to the month where a tail begins.",
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
                "One row per state in which patients live, lowest curve first: a state holds those below its curve and not "
                "below that of the row before. Without rows: progression_free until pfs, then progressed. "
                "The formulas of a run are for its states: for others run the model (W7 tells).",
                required=False,
                input_ids=True,
            ),
            TableSpec(
                "state_shares",
                "Shares at the start",
                "Where patients start. The curve of a state is that of patients who start in it or in one above it in "
                "States; OS is of all. Without rows all start in the first state. Several uncertain shares are dirichlet, "
                "of all starting states, and sum to 1. An arm's own rows replace those of all arms.",
                required=False,
                value_format="0.000##",
                input_ids=True,
            ),
        ),
        may_be_missing=True,
    ),
)
