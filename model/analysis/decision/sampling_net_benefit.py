"""Expected net benefit of sampling: is a study worth its cost, and how large should it be (Claxton 1999)?"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from model.analysis.columns.decision import ENBS
from model.analysis.decision.checks import finite_array
from model.analysis.decision.people_affected import Timing, people_affected

NEEDED = ("size", "evsi", "standard_error")


def enbs(
    evsi: pd.DataFrame,
    *,
    incidence_per_year: ArrayLike,
    horizon_years: int,
    discount_rate: float,
    fixed_cost: float,
    cost_per_patient: float,
    delay_years: float = 0.0,
    timing: Timing = "start of year",
) -> pd.DataFrame:
    """Population EVSI minus the cost of the study, for every size.

    evsi: columns `size`, `evsi` and `standard_error` per person, as from `evsi`; `patients` where a study of a
    size has more of them (several arms), `willingness_to_pay` where there are several thresholds. fixed_cost:
    of any study; cost_per_patient: of each in the study; both in the currency of `evsi`, at time zero. The
    population arguments are those of `people_affected`; delay_years is when results change practice.

    Columns: size, willingness_to_pay (if given), patients, evsi, population_evsi, study_cost (0 for size 0), enbs,
    standard_error (of enbs) and optimal: true for the size of highest enbs at each threshold, if that is above
    0; otherwise no study of these sizes is worth its cost. Where it is the largest, still larger ones may be better.
    What patients in the study gain or lose against practice is not counted.
    ValueError for missing columns, negative costs and as `people_affected`.

    >>> from model.analysis import decision
    >>> import pandas as pd
    >>> value = pd.DataFrame({"size": [0, 100], "evsi": [0.0, 10.0], "standard_error": [0.0, 0.1]})
    >>> people = {"incidence_per_year": 1000.0, "horizon_years": 1, "discount_rate": 0.0}
    >>> decision.enbs(value, **people, fixed_cost=2000.0, cost_per_patient=30.0)["enbs"].tolist()  # 10,000 - 2,000 - 3,000
    [0.0, 5000.0]
    """
    missing = [name for name in NEEDED if name not in evsi]
    if missing:
        raise ValueError(f"the table of EVSI needs the columns {list(NEEDED)}; {missing} are missing")
    for what, cost in (("fixed_cost", fixed_cost), ("cost_per_patient", cost_per_patient)):
        if not (np.isfinite(cost) and cost >= 0):
            raise ValueError(f"{what} must be 0 or more; got {cost}")
    people = people_affected(
        incidence_per_year=incidence_per_year,
        horizon_years=horizon_years,
        discount_rate=discount_rate,
        delay_years=delay_years,
        timing=timing,
    )
    value, error = (finite_array(evsi[name], name) for name in ("evsi", "standard_error"))
    patients = evsi["patients" if "patients" in evsi else "size"].to_numpy()
    study_cost = np.where(patients > 0, fixed_cost + cost_per_patient * patients, 0.0)

    thresholds = [name for name in ("willingness_to_pay",) if name in evsi]
    table = evsi[["size", *thresholds]].reset_index(drop=True)
    table["patients"] = patients
    table["evsi"] = value
    table["population_evsi"] = value * people
    table["study_cost"] = study_cost
    table["enbs"] = value * people - study_cost
    table["standard_error"] = error * people
    best = table.groupby(thresholds)["enbs"].idxmax() if thresholds else [table["enbs"].idxmax()]
    table["optimal"] = table.index.isin(best) & (table["enbs"] > 0)
    return ENBS.checked(table)
