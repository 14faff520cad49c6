"""Tables of the probabilistic analysis: results, draws, precision, sampled inputs, means beside the base case."""

from __future__ import annotations

from model.analysis.columns.common import (
    ARM,
    CURVE,
    DISTRIBUTION,
    HIGHER,
    ICER,
    INCREMENTAL_COST,
    INCREMENTAL_QALYS,
    INMB,
    INMB_AT,
    INPUT,
    LABEL,
    LARGEST_GAP,
    LOWER,
    MEAN_AREA,
    OUTCOME,
    RULE,
    WILLINGNESS_TO_PAY,
)
from model.analysis.columns.decision import CHANCE_COST_EFFECTIVE, DESCRIBED, DRAWS
from model.result_columns import Repeated, Table, amount, number, text

BY_STRUCTURE = Table(
    "psa_by_structure",
    "Draws of each structure by themselves",
    (
        text("structure", "Structure", 24, "How patients move between states in these draws"),
        number("share_of_draws", "Share of all draws", "share", 14, "Those that take this structure"),
        *(INCREMENTAL_COST, INCREMENTAL_QALYS, ICER),
        Repeated(
            (
                INMB_AT,
                number(
                    "probability_cost_effective at {threshold:g}",
                    "Probability cost-effective at {threshold:,.0f}",
                    *("chance", 16, "Share of these draws in which the intervention is the best of all options"),
                ),
            )
        ),
    ),
)

RESULTS = Table("psa_results", "Means and 95% intervals", (OUTCOME, ARM, *DESCRIBED))
CROSSING_OVER_DRAWS = (
    number("share_of_draws", "Share of draws that cross", "share", 0, "Before repair"),
    number("earliest_month", "Earliest month", "months", 0, "Of all draws that cross", "months"),
    number("median_first_month", "Median first month", "months", 0, "Of all draws that cross", "months"),
    *(LARGEST_GAP, MEAN_AREA, RULE.wide(18)),
)
CROSSING = Table("psa_crossing", "Where PFS exceeds OS before repair, over draws", (ARM, *CROSSING_OVER_DRAWS))

CROSSING_OF_STATES = Table(
    "psa_crossing_of_states",
    "Where neighbouring curves of the states cross before repair, over draws",
    (ARM, LOWER, HIGHER, *CROSSING_OVER_DRAWS),
)

MONTH_OF_CROSSING = number(
    "crossing_first_month.{arm}", "{arm}: first month of crossing", "months", 15, "Empty: none", "months"
)
DRAWN = Table(
    "psa_draws",
    "Every draw: inputs and outcomes",
    (
        number("draw", "Draw", "plain", 15, "Its number, from 1"),
        Repeated((number("{input}", "{input}", "any", 15, "Value of the input; [name]: one coefficient of a curve"),)),
        Repeated(
            (
                number("life_years.{arm}", "{arm}: life years", "years", 15, "Per patient, discounted", "years"),
                number("qalys.{arm}", "{arm}: QALYs", "qalys", 15, "Per patient, discounted", "QALYs"),
                amount("costs.{arm}", "{arm}: cost", 15, "Per patient, discounted"),
                MONTH_OF_CROSSING,
                number("crossing_area_months.{arm}", "{arm}: area of crossing", "area", 15, "PFS above OS", "months"),
            )
        ),
    ),
)

RUN_MEAN = number("mean", "Running mean", "value", 0, "Mean of the draws taken, in the unit of the outcome")
ERROR = number("standard_error", "Standard error", "value", 0, "Of that mean, by the number of draws alone")
RUN_LOWER = number("lower", "Lower 95%", "value", 0, "Of that mean, by the number of draws alone")
RUN_UPPER = number("upper", "Upper 95%", "value", 0, "Of that mean, by the number of draws alone")
RUNNING_MEANS = Table(
    "psa_running_means",
    "Running means of every outcome",
    (OUTCOME, WILLINGNESS_TO_PAY, DRAWS, RUN_MEAN, ERROR, RUN_LOWER, RUN_UPPER),
)
REPLICATES = Table(
    "psa_replicates",
    "The same analysis with other seeds",
    (
        number("replicate", "Replicate", "plain", 0, "Its number, from 1"),
        number("seed", "Seed", "plain", 0, "Seed of the replicate"),
        *(WILLINGNESS_TO_PAY, INCREMENTAL_COST, INCREMENTAL_QALYS, INMB, CHANCE_COST_EFFECTIVE),
    ),
)
GAP = (
    amount("difference", "Difference", 0, "The first mean less the second"),
    amount("standard_error", "Its standard error", 0, "Of the difference"),
    number("z", "Difference in standard errors", "area", 0, "Beyond 3: the draws need a look"),
)
FIRST_HALF = amount("first_half", "Mean INMB, first half of the draws", 0, "Mean of the first half")
SECOND_HALF = amount("second_half", "Second half", 0, "Mean of the other half")
HALVES = Table("psa_halves", "Both halves of the draws", (WILLINGNESS_TO_PAY, FIRST_HALF, SECOND_HALF, *GAP))
THIS_SEED = amount("this_seed", "Mean INMB, this seed", 0, "Mean of this analysis")
OTHER_SEED = amount("other_seed", "Other seed", 0, "Mean of the same analysis with the other seed")
SEEDS = Table("psa_seeds", "Two seeds", (WILLINGNESS_TO_PAY, THIS_SEED, OTHER_SEED, *GAP))

MOMENTS = Table(
    "psa_sampled_moments",
    "Sampled inputs against their targets",
    (
        *(INPUT, LABEL, DISTRIBUTION.wide(0)),
        number("mean_target", "Mean, target", "value", 0, "Of the distribution"),
        number("mean_sampled", "Mean, sampled", "value", 0, "Of the draws"),
        number("sd_target", "SD, target", "value", 0, "Of the distribution"),
        number("sd_sampled", "SD, sampled", "value", 0, "Of the draws"),
        number("z", "Error of the mean in standard errors", "area", 0, "Within about 3 by chance"),
    ),
)
CORRELATIONS = Table(
    "psa_sampled_correlations",
    "Sampled correlations against their targets",
    (
        text("first", "First of the pair", 44, "Id of the input or coefficient"),
        text("second", "Second of the pair", 44, "Id of the input or coefficient"),
        text("drawn_by", "Drawn as", 0, "What ties the two together"),
        number("correlation_target", "Correlation, target", "ratio", 0, "On the scale on which it is given"),
        number("correlation_sampled", "Correlation, sampled", "ratio", 0, "On the scale on which it is given"),
        number("rank_target", "Of ranks, target", "ratio", 0, "Spearman's"),
        number("rank_sampled", "Of ranks, sampled", "ratio", 0, "Spearman's"),
        number("pearson_sampled", "Of the values themselves, sampled", "ratio", 0, "Pearson's"),
    ),
)

AGAINST_BASE = Table(
    "psa_against_base",
    "Effect of each input on the means over draws",
    (
        *(INPUT, LABEL),
        amount("incremental_cost", "Effect on incremental cost", 0, "Mean over its distribution less base case"),
        number(
            "incremental_qalys",
            "Effect on incremental QALYs",
            "gain",
            0,
            "Mean over its distribution less base case",
            "QALYs",
        ),
        amount("inmb", "Effect on INMB", 0, "Mean over its distribution less base case"),
        amount("from_mean", "Of it, from its mean", 0, "Effect on INMB of moving the input to its mean"),
        number("mean_shift", "Mean less base case", "ratio", 0, "In standard deviations of the input"),
    ),
)
MEAN_CURVES = Table(
    "psa_curves",
    "Drawn curves beside the base case",
    (
        *(ARM, CURVE),
        number("month", "Month", "months", 0, "Where the two lie farthest apart", "months"),
        number("base_case", "Base case", "factor", 0, "Share event-free of the base case"),
        number("mean_over_draws", "Mean over draws", "factor", 0, "Share event-free, mean over draws"),
        number("difference", "Difference", "factor", 0, "Mean over draws less base case"),
        number("standard_error", "Standard error", "factor", 0, "Of the mean over draws"),
        text("agrees", "Agrees", 0, "Is the difference at most 0.05?"),
        text("chance_may_explain", "Chance may explain it", 0, "Is what lies beyond within 3 standard errors?"),
    ),
)
CURVE_INTERVALS = Table(
    "survival_intervals",
    "Survival over time with its interval over draws",
    (
        *(ARM, CURVE),
        number("month", "Month", "months", 10, "Time since the start", "months"),
        number("base_case", "Base case", "factor", 0, "Share event-free of the base case, before crossing is repaired"),
        number("lower_95", "2.5th percentile", "factor", 0, "Share event-free, over draws"),
        number("upper_95", "97.5th percentile", "factor", 0, "Share event-free, over draws"),
    ),
)
RESTRICTED_MEANS = Table(
    "restricted_means",
    "Restricted mean survival times and their differences",
    (
        *(ARM, CURVE),
        number("until_month", "Until month", "months", 10, "Time to which the mean is restricted", "months"),
        number("months", "Restricted mean, {unit}", "months", 0, "Base case, undiscounted", "months"),
        number("lower_95", "2.5th percentile", "months", 0, "Of the restricted mean over draws", "months"),
        number("upper_95", "97.5th percentile", "months", 0, "Of the restricted mean over draws", "months"),
        number("difference", "Difference, {unit}", "months", 0, "From the comparator's curve, base case", "months"),
        number("difference_lower_95", "Its 2.5th percentile", "months", 0, "Over draws, draw by draw", "months"),
        number("difference_upper_95", "Its 97.5th percentile", "months", 0, "Over draws, draw by draw", "months"),
    ),
)
CURVE_UNCERTAINTY = Table(
    "curve_uncertainty",
    "Curves drawn one by one or patient by patient",
    (
        text("uncertainty", "Curves drawn by", 30, "normal: each curve by itself; bootstrap: patients resampled"),
        ARM,
        number("share_of_draws_crossing", "Draws in which PFS exceeds OS", "share", 0, "Before repair"),
        MEAN_AREA,
        number(
            "correlation_pfs_os", "Correlation of PFS and life years", "area", 0, "Between undiscounted years, over draws"
        ),
        number("sd_progression_free_years", "SD of years progression-free", "area", 0, "Undiscounted, over draws", "years"),
        number("sd_life_years", "SD of life years", "area", 0, "Undiscounted, over draws", "years"),
    ),
)
