"""Decision analysis on the costs and effects of any model, given as plain NumPy arrays.

A name is loaded when it is first asked for; the one that has the name of its file at once.
"""

from typing import TYPE_CHECKING

from model.analysis.decision.people_affected import people_affected, population_value

if TYPE_CHECKING:
    from model.analysis.decision.acceptability import acceptability_curve, ceac, ceaf
    from model.analysis.decision.incremental import DAMPACK_STATUS, Status, incremental_analysis
    from model.analysis.decision.net_benefit import expected_net_benefit, net_health_benefit, net_monetary_benefit
    from model.analysis.decision.pairwise import Quadrant, pairwise_comparison, quadrants
    from model.analysis.decision.partial_information import evppi
    from model.analysis.decision.perfect_information import evpi, expected_loss, population_evpi
    from model.analysis.decision.precision import IcerInterval, convergence, draws_needed, icer_interval
    from model.analysis.decision.regression.value_by_regression import FEWEST_DRAWS, Smoother
    from model.analysis.decision.rounding import ROUNDING, best_options, draw_differences, settled
    from model.analysis.decision.sample_information import Method, evsi
    from model.analysis.decision.sampling_net_benefit import enbs
    from model.analysis.decision.studies import EventCounts, GammaMeans, NormalMeans, Study
else:
    from model.lazy import when_asked_for

    __getattr__ = when_asked_for(__name__, __file__)

    def __dir__():
        return sorted({*globals(), *__all__})


__all__ = [
    "DAMPACK_STATUS",
    "FEWEST_DRAWS",
    "ROUNDING",
    "EventCounts",
    "GammaMeans",
    "IcerInterval",
    "Method",
    "NormalMeans",
    "Quadrant",
    "Smoother",
    "Status",
    "Study",
    "acceptability_curve",
    "best_options",
    "ceac",
    "ceaf",
    "convergence",
    "draw_differences",
    "draws_needed",
    "enbs",
    "evpi",
    "evppi",
    "evsi",
    "expected_loss",
    "expected_net_benefit",
    "icer_interval",
    "incremental_analysis",
    "net_health_benefit",
    "net_monetary_benefit",
    "pairwise_comparison",
    "people_affected",
    "population_evpi",
    "population_value",
    "quadrants",
    "settled",
]
