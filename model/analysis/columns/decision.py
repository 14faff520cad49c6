"""Tables of decision analysis over any options: increments, acceptability, loss, value of information, convergence."""

from __future__ import annotations

from model.analysis.columns.common import (
    ICER,
    INCREMENTAL_COST,
    MEAN,
    OPTION,
    OUTCOME,
    PER_QALY,
    PERCENTILE_HIGH,
    PERCENTILE_LOW,
    STANDARD_DEVIATION,
    WILLINGNESS_TO_PAY,
)
from model.result_columns import Repeated, ResultColumn, Table, amount, number, text

EFFECTS = "{effect}s"
COST = amount("cost", "Cost", 0, "Mean cost of the option")
EFFECT = number("effect", EFFECTS, "qalys", 0, "Mean effect of the option", EFFECTS)
INCREMENTAL_EFFECT = number("incremental_effect", "Incremental {effect}s", "gain", 0, "Against the other option", EFFECTS)
COMPARED_WITH = text("compared_with", "Compared with", 30, "The option before it on the frontier")
STATUS = text("status", "Status", 30, "Reference, on frontier, identical, dominated or extendedly dominated")
INCREMENTAL = Table(
    "incremental",
    "Fully incremental comparison",
    (OPTION, COST, EFFECT, COMPARED_WITH, INCREMENTAL_COST, INCREMENTAL_EFFECT, ICER, STATUS),
)

REFERENCE = text("reference", "Reference", 0, "The option that it is compared with")
QUADRANT = text("quadrant", "Quadrant", 0, "NE: dearer and more effective; SE: dominant; SW: cheaper and less; NW: dominated")
CONCLUSION = text("conclusion", "Conclusion", 30, "The quadrant in words")
SAVING = ResultColumn(
    "saving_per_unit_forgone", "Saving, {unit} forgone", PER_QALY, "money", 0, "Empty unless cheaper and less effective"
)
PAIRWISE = Table(
    "pairwise",
    "Each option against the reference",
    (OPTION, REFERENCE, INCREMENTAL_COST, INCREMENTAL_EFFECT, QUADRANT, CONCLUSION, ICER, SAVING),
)

QUADRANTS = Table(
    "quadrants",
    "Quadrants of the cost-effectiveness plane",
    (
        *(OPTION, REFERENCE, WILLINGNESS_TO_PAY),
        number("NE", "Dearer, more {effect}s (NE)", "chance", 0, "Share of draws"),
        number("SE", "Cheaper, more {effect}s (SE)", "chance", 0, "Share of draws"),
        number("SW", "Cheaper, fewer {effect}s (SW)", "chance", 0, "Share of draws"),
        number("NW", "Dearer, fewer {effect}s (NW)", "chance", 0, "Share of draws"),
        number("origin", "No difference", "chance", 0, "Share of draws"),
        number("cost_effective", "INMB above zero", "chance", 0, "Share of draws; those at exactly zero count half"),
        number("NE_cost_effective", "INMB above zero, NE", "chance", 0, "The part of it in this quadrant"),
        number("SW_cost_effective", "INMB above zero, SW", "chance", 0, "The part of it in this quadrant"),
    ),
)

CHANCE_BEST = number("{option}", "Probability of being best: {option}", "chance", 18, "Share of draws; ties share a draw")
CEAC = Table("ceac", "Cost-effectiveness acceptability", (WILLINGNESS_TO_PAY, Repeated((CHANCE_BEST,))))
BEST_ON_AVERAGE = text("option", "Highest mean net benefit", 18, "The option that is best on average")
CHANCE_OF_FRONTIER = number(
    *("probability_cost_effective", "Frontier: probability of the option with the highest mean net benefit", "chance", 24),
    "Share of draws in which it is best",
)
MEAN_NMB_OF_FRONTIER = amount("expected_net_monetary_benefit", "Mean NMB of this option", 18, "Highest of all options")
CEAF = Table(
    "ceaf", "Acceptability frontier", (WILLINGNESS_TO_PAY, BEST_ON_AVERAGE, CHANCE_OF_FRONTIER, MEAN_NMB_OF_FRONTIER)
)
MEAN_NMB = amount("{option}", "Mean NMB {option}", 0, "Mean net monetary benefit")
EXPECTED_NET_BENEFIT = Table("expected_net_benefit", "Mean net benefit", (WILLINGNESS_TO_PAY, Repeated((MEAN_NMB,))))
LOSS = amount("{option}", "Expected loss of choosing {option}", 0, "What the best of each draw gains over it")
EXPECTED_LOSS = Table("expected_loss", "Expected loss of choosing an option", (WILLINGNESS_TO_PAY, Repeated((LOSS,))))

EVPI_PER_PATIENT = amount("evpi", "EVPI per patient", 0, "Expected value of perfect information", "price")
POPULATION_EVPI = amount("population_evpi", "EVPI for everybody", 16, "Of all whom the decision concerns")
EVPI = Table(
    "evpi", "Expected value of perfect information", (WILLINGNESS_TO_PAY, EVPI_PER_PATIENT, Repeated((POPULATION_EVPI,)))
)
GROUP = text("group", "Group or input", 50, "What would be known")
EVPPI_PER_PATIENT = amount("evppi", "EVPPI per patient", 16, "Value of knowing it; at most the EVPI")
STANDARD_ERROR = amount("standard_error", "Standard error", 16, "Of the estimate")
SHARE_OF_EVPI = number("share_of_evpi", "Share of EVPI", "share", 14, "Empty where the EVPI is 0")
RESIDUAL_CHECK = number("residual_check", "Residual check", "factor", 14, "What the regression missed; doubtful above 0.05")
EVPPI = Table(
    "evppi",
    "Expected value of partial perfect information",
    (GROUP, WILLINGNESS_TO_PAY, EVPPI_PER_PATIENT, STANDARD_ERROR, SHARE_OF_EVPI, RESIDUAL_CHECK),
)

SIZE = number("size", "Patients in each arm", "plain", 50, "Size of the study; what it counts is said by its design")
PATIENTS = number("patients", "Patients of all arms", "plain", 16, "All whom the study takes in")
EVSI_PER_PATIENT = amount("evsi", "EVSI per patient", 16, "Value of its data; at most the EVPI")
EVSI = Table(
    "evsi",
    "Value of a further study",
    (
        *(SIZE, Repeated((PATIENTS,)), WILLINGNESS_TO_PAY, EVSI_PER_PATIENT, STANDARD_ERROR, EVPPI_PER_PATIENT),
        *(SHARE_OF_EVPI, RESIDUAL_CHECK),
    ),
)
ENBS = Table(
    "enbs",
    "Expected net benefit of sampling",
    (
        *(SIZE, Repeated((WILLINGNESS_TO_PAY,)), PATIENTS, EVSI_PER_PATIENT),
        amount("population_evsi", "EVSI for everybody", 16, "Of all whom the decision concerns"),
        amount("study_cost", "Cost of the study", 16, "Fixed cost and cost per patient; 0 without a study"),
        amount("enbs", "Net benefit of the study", 16, "EVSI for everybody less the cost of the study"),
        STANDARD_ERROR,
        text("optimal", "Best size", 0, "Is the net benefit above 0 and the highest of the sizes?"),
    ),
)

DRAWS = number("draws", "Draws", "count", 0, "Number of draws taken")
RUNNING_SD = amount("standard_deviation", "Standard deviation", 0, "Of the draws taken")
LOWER = number("lower", "Lower 95% (Monte Carlo)", "money", 0, "Of the mean, by the number of draws alone")
UPPER = number("upper", "Upper 95% (Monte Carlo)", "money", 0, "Of the mean, by the number of draws alone")
CHANCE_COST_EFFECTIVE = number("probability_cost_effective", "Probability cost-effective", "chance", 0, "Share of draws")
CHANCE_ERROR = number("probability_standard_error", "Its standard error", "share", 0, "By the number of draws alone")
CONVERGENCE = Table(
    "convergence",
    "Running mean",
    (
        Repeated((OPTION, WILLINGNESS_TO_PAY)),
        *(DRAWS, amount("mean", "Running mean of INMB", 0, "Mean of the draws taken"), RUNNING_SD, STANDARD_ERROR),
        *(LOWER, UPPER, CHANCE_COST_EFFECTIVE, CHANCE_ERROR),
    ),
)

DESCRIBED = (MEAN, STANDARD_DEVIATION, PERCENTILE_LOW, PERCENTILE_HIGH)
MEANS = Table("means", "Costs and effects", (OUTCOME, OPTION, *DESCRIBED))
AGAINST_REFERENCE = Table(
    "against_reference", "Increments against the reference", (OPTION, REFERENCE, OUTCOME, WILLINGNESS_TO_PAY, *DESCRIBED)
)
ICER_INTERVALS = Table(
    "icer_intervals",
    "Intervals of the ratios",
    (
        *(OPTION, REFERENCE),
        ResultColumn("ratio", "Ratio of means, {unit}", PER_QALY, "money", 0, "Incremental cost over incremental effect"),
        text("interval_of", "Interval of", 0, "What its width stands for"),
        number("lower", "Lower 95%", "money", 0, "Empty where it would mislead"),
        number("upper", "Upper 95%", "money", 0, "Empty where it would mislead"),
        number("share_in_quadrant", "Share of draws in quadrant", "chance", 0, "In the quadrant of the means"),
        text("reason", "Why no interval", 0, "Empty where there is one"),
    ),
)
