"""Models to look at: the shipped workbooks by name, and a small one made in Python, which takes a moment to run."""

from __future__ import annotations

from model.definition import (
    About,
    Arm,
    BudgetItem,
    Care,
    Coefficient,
    Curve,
    MarketShare,
    ModelDefinition,
    Parameter,
    PopulationItem,
    RelativeEffect,
    ScenarioChange,
    Settings,
    Subgroup,
    SubgroupChange,
    Threshold,
    Utility,
    define,
)
from model.excel.inputs.reader import read_inputs
from model.shipped import EXAMPLES, example_file

SMALL = "small"


def examples() -> dict[str, str]:
    """The examples by name, each with what it shows.

    >>> import model
    >>> list(model.examples())[:5]
    ['small', 'patina_us', 'patina_england', 'example_four_arms', 'example_synthetic_trial']
    >>> model.examples()["darth_psm"]
    "DARTH's report, without half-cycle correction"
    """
    return {SMALL: "two arms with exponential curves, made in Python without a workbook", **EXAMPLES}


def example(name: str = SMALL) -> ModelDefinition:
    """The definition of an example: ``small`` is made in Python, every other is a shipped workbook, which is read.

    ValueError for a name that is not one of :func:`examples`.

    >>> import model
    >>> model.example().arm_ids
    ('old', 'new')
    """
    if name not in examples():
        raise ValueError(f"there is no example {name!r}; there are {', '.join(examples())}")
    return small_example() if name == SMALL else read_inputs(example_file(name))


def small_example() -> ModelDefinition:
    """Two arms, exponential PFS and OS (a hazard ratio sets the new arm apart), monthly cycles over ten years."""
    return define(
        about=About(
            title="Small example",
            population="adults",
            intervention="new treatment",
            comparator="old treatment",
            perspective="payer",
            time_zero="start of treatment",
            version="1",
        ),
        settings=Settings(
            currency="EUR",
            price_year="2025",
            intervention="new",
            comparator="old",
            horizon_years=10.0,
            cycle_days=30.4375,
            discount_rate_costs=0.03,
            discount_rate_effects=0.03,
            hazard_floor=False,
            age_adjustment="none",
            psa_draws=200,
        ),
        thresholds=[Threshold(value=50_000.0)],
        population=[
            PopulationItem(item="start_age", parameter=Parameter(60.0)),
            PopulationItem(item="female_share", parameter=Parameter(0.5)),
        ],
        arms=[
            Arm(id="old", label="Old treatment", short_label="Old"),
            Arm(id="new", label="New treatment", short_label="New", colour="#D62728"),
        ],
        curves=[curve for endpoint in ("pfs", "os") for curve in _curves(endpoint)],
        coefficients=[_rate("pfs", 0.08), _rate("os", 0.04)],
        relative_effects=[_hazard_ratio("pfs", 0.6, 0.45, 0.8), _hazard_ratio("os", 0.75, 0.6, 0.94)],
        utilities=[
            Utility(
                id="progression_free",
                state="progression_free",
                parameter=Parameter(0.8, distribution="beta", sample_size=200),
            ),
            Utility(id="progressed", state="progressed", parameter=Parameter(0.6, distribution="beta", sample_size=200)),
        ],
        care=[
            _monthly("new_drug", "New drug", "progression_free", Parameter(900.0, unit="EUR"), arm="new"),
            _monthly("old_drug", "Old drug", "progression_free", Parameter(300.0, unit="EUR"), arm="old"),
            _monthly(
                "later_care",
                "Care after progression",
                "progressed",
                Parameter(500.0, unit="EUR", distribution="gamma", standard_error=100.0),
            ),
        ],
        scenarios=[
            ScenarioChange(id="five_years", label="Horizon of five years", input="settings.horizon_years", value=5),
            ScenarioChange(id="undiscounted", label="No discounting", input="settings.discount_rate_costs", value=0),
            ScenarioChange(id="undiscounted", label="No discounting", input="settings.discount_rate_effects", value=0),
        ],
        subgroups=[
            Subgroup(id="first", label="First relapse", share=0.7),
            Subgroup(id="later", label="Later relapse", share=0.3),
        ],
        subgroup_changes=[SubgroupChange(subgroup="later", input="utilities.progressed", value=0.5)],
        budget_items=[BudgetItem(item="prevalent", value=100.0), BudgetItem(item="incident", value=50.0)],
        market_shares=[row for year, uptake in ((1, 0.2), (2, 0.4)) for row in _shares(year, uptake)],
    )


def _curves(endpoint: str) -> list[Curve]:
    """The old arm's curve by its rate, the new arm's by a hazard ratio on it."""
    return [
        Curve(arm="old", endpoint=endpoint, source="coefficients", distribution="exponential"),
        Curve(arm="new", endpoint=endpoint, source="relative_effect", distribution="exponential", reference_arm="old"),
    ]


def _rate(endpoint: str, value: float) -> Coefficient:
    rate = Parameter(value, unit="per month", distribution="gamma", standard_error=value / 10)
    return Coefficient(arm="old", endpoint=endpoint, coefficient="rate", parameter=rate)


def _hazard_ratio(endpoint: str, value: float, low: float, high: float) -> RelativeEffect:
    ratio = Parameter(value, distribution="lognormal_ratio", low=low, high=high)
    return RelativeEffect(arm="new", endpoint=endpoint, parameter=ratio)


def _monthly(care_id: str, label: str, during: str, cost: Parameter, arm: str | None = None) -> Care:
    return Care(id=care_id, label=label, arm=arm, during=during, frequency="per_month", parameter=cost)


def _shares(year: int, uptake: float) -> list[MarketShare]:
    """All on the old treatment without the new one; with it, ``uptake`` of those who start take the new one."""
    return [
        MarketShare(year=year, arm="old", without=1.0, share_with=1 - uptake),
        MarketShare(year=year, arm="new", without=0.0, share_with=uptake),
    ]
