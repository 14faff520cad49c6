"""Tables of Sobol indices, elementary effects and the ranking of inputs."""

from __future__ import annotations

from model.analysis.columns.common import INPUT, LABEL
from model.analysis.columns.decision import EVPPI_PER_PATIENT
from model.result_columns import Table, amount, number, text

FIRST = number("first", "Sobol first-order", "factor", 14, "Share of the variance that the input explains alone")
FIRST_HALF_WIDTH = number("first_half_width", "Half-width", "factor", 16, "Half the 95% bootstrap interval of the first")
TOTAL = number("total", "Sobol total", "factor", 14, "Share of the variance that is left when all other inputs are known")
TOTAL_HALF_WIDTH = number("total_half_width", "Half-width", "factor", 14, "Half the 95% bootstrap interval of the total")
INTERACTION = number("interaction", "Interaction", "factor", 16, "Total less first-order index")
INDICES = Table("sobol_indices", "Sobol indices", (INPUT, FIRST, FIRST_HALF_WIDTH, TOTAL, TOTAL_HALF_WIDTH, INTERACTION))
SOBOL = Table("sobol", "Sobol indices of the inputs", (INPUT, LABEL, *INDICES.without("input")))

MEAN_ABSOLUTE = amount("mean_absolute_effect", "Mean absolute effect", 16, "Mean size of the effects of moving it (mu*)")
HALF_WIDTH = amount("half_width", "Half-width of its 95% interval", 16, "By the bootstrap")
MEAN_EFFECT = amount("mean_effect", "Mean effect", 16, "Mean effect with its sign (mu); empty where there is no direction")
SPREAD = amount("spread_of_effects", "Spread of effects", 16, "Their standard deviation (sigma): bends and interactions")
EFFECTS = Table("elementary_effects", "Elementary effects", (INPUT, MEAN_ABSOLUTE, HALF_WIDTH, MEAN_EFFECT, SPREAD))
MORRIS = Table("morris", "Morris screening of the inputs", (INPUT, LABEL, *EFFECTS.without("input")))

SWING = amount("swing", "Tornado: range of INMB", 16, "Width of its bar in the tornado")
SWING_SHARE = number("swing_share", "Tornado: share of squared ranges", "factor", 16, "Of the sum of squared swings")
SOBOL_FIRST = number("sobol_first", FIRST.header, "factor", 14, FIRST.help)
SOBOL_TOTAL = number("sobol_total", TOTAL.header, "factor", 14, TOTAL.help)
INPUT_EVPPI = EVPPI_PER_PATIENT.wide(16, "price")
EVPPI_SHARE = number("evppi_share", "EVPPI, share of EVPI", "share", 14, "Of the value of knowing everything")
SWING_RANK = number("swing_rank", "Rank by tornado", "plain", 11, "1: the largest; ties share a rank")
SOBOL_RANK = number("sobol_rank", "Rank by Sobol", "plain", 11, "By the total index; 1: the largest")
EVPPI_RANK = number("evppi_rank", "Rank by EVPPI", "plain", 11, "1: the largest; ties share a rank")
REMARK = text("remark", "Why they differ", 16, "Why the three measures do not agree", "free")
RANKING = Table(
    "input_ranking",
    "Three rankings side by side",
    (
        *(INPUT, LABEL, SWING, SWING_SHARE, SOBOL_FIRST, SOBOL_TOTAL, INPUT_EVPPI, EVPPI_SHARE),
        *(SWING_RANK, SOBOL_RANK, EVPPI_RANK, REMARK),
    ),
)
