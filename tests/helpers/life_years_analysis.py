"""An analysis as a user would add it: what a life year gained costs."""

from __future__ import annotations

import dataclasses

import pandas as pd

from model.analysis import BaseCase
from model.analysis.analysis import Analysis


@dataclasses.dataclass(frozen=True)
class CostPerLifeYear:
    """Incremental cost and incremental life years."""

    cost: float
    life_years: float

    def table(self) -> pd.DataFrame:
        """One row: the ratio, and what it is made of."""
        ratio = self.cost / self.life_years
        return pd.DataFrame({"incremental_cost": [self.cost], "life_years_gained": [self.life_years], "ratio": [ratio]})


def cost_per_life_year(base: BaseCase) -> CostPerLifeYear:
    """From the base case, discounted."""
    return CostPerLifeYear(base.incremental_cost, base.incremental_life_years)


ANALYSIS = Analysis(
    CostPerLifeYear,
    "Cost per life year",
    lambda asked: [cost_per_life_year(asked.results.the(BaseCase))],
    tables=lambda found, _: {"cost_per_life_year": found.table},
    lines=lambda found, _: [f"A life year costs {found.cost / found.life_years:,.0f}."],
    purpose="What a life year gained costs",
)
