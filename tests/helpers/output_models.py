"""Output workbooks for the tests: two and three arms with every analysis, and the shipped models with few draws.

Each is written once per test process, into a folder that goes when the process ends.
"""

from __future__ import annotations

import dataclasses
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from model.analysis import base_case, one_way, psa, scenarios
from model.definition import ModelDefinition, edit
from model.definition.records.arms import Arm
from model.definition.records.documentation import ScenarioChange
from model.definition.records.settings import Threshold
from model.excel.output import write_workbook
from tests.helpers import small_models
from tests.helpers.recalculated import Recalculated
from tests.helpers.shipped import shipped, shipped_base

SEED, N_DRAWS, N_SHIPPED_DRAWS = 7, 40, 40
QUARTER_DAYS = 91.3125
RUN = {"run_id": "abc123", "model_version": "9.9", "seed": SEED, "input_sha256": "f00d", "packages": {"numpy": "2"}}
FOLDER = tempfile.TemporaryDirectory(prefix="output_models_")


def with_uncertainty(definition: ModelDefinition) -> ModelDefinition:
    """The published example with a few sampled inputs, scenarios and a comparison threshold; quarterly for 15 years."""

    def uncertain(rows: Any, distribution: str, error: float) -> Any:
        return tuple(
            dataclasses.replace(
                row, parameter=dataclasses.replace(row.parameter, distribution=distribution, standard_error=error)
            )
            for row in rows
        )

    changes = (
        ScenarioChange(id="short", label="Horizon 5 years", input="settings.horizon_years", value=5.0),
        ScenarioChange(id="weibull", label="Other curve", input="curves.old.os.distribution", value="loglogistic"),
    )
    return dataclasses.replace(
        definition,
        settings=dataclasses.replace(definition.settings, horizon_years=15.0, cycle_days=QUARTER_DAYS),
        utilities=uncertain(definition.utilities, "beta", 0.03),
        care=uncertain(definition.care, "gamma", 200.0),
        scenarios=changes,
        thresholds=(Threshold(value=150000.0), Threshold(value=50000.0, role="comparison")),
    )


def three_arms() -> ModelDefinition:
    """The same with a third, dominated arm."""
    own, effect = small_models.own_curve, small_models.effect_curve
    arms = (*small_models.ARMS, Arm(id="third", label="Third: a/b?", short_label="Third: a/b?"))
    return with_uncertainty(
        small_models.model(
            [
                own("old", "pfs", "weibull", shape=1.2, scale=40.0),
                own("old", "os", "weibull", shape=1.1, scale=70.0),
                effect("new", "pfs", "old", "weibull", 0.67),
                effect("new", "os", "old", "weibull", 0.74),
                effect("third", "pfs", "old", "weibull", 1.1),
                effect("third", "os", "old", "weibull", 1.2),
            ],
            arms=arms,
            care=(
                small_models.monthly("drug", "progression_free", 10000.0, arm="new"),
                small_models.monthly("other", "progression_free", 12000.0, arm="third"),
                small_models.monthly("visits", "alive", 500.0),
            ),
        )
    )


def two_arms() -> ModelDefinition:
    return with_uncertainty(small_models.published_example_a())


SMALL = {"two arms": two_arms, "three arms": three_arms}


@dataclasses.dataclass
class Written:
    """A workbook and the results it was written from."""

    path: Path
    results: dict[str, Any]

    @property
    def definition(self) -> ModelDefinition:
        definition: ModelDefinition = self.results["base"].definition
        return definition

    def write(self, path: Path) -> None:
        write_workbook(path, **self.results, run=RUN)


@lru_cache
def small_output(name: str) -> Written:
    definition = SMALL[name]()
    results = {
        "base": base_case(definition),
        "one_way": one_way(definition),
        "scenarios": scenarios(definition),
        "psa": psa(definition, N_DRAWS, SEED),
    }
    return _written(name, results)


@lru_cache
def small_recalculated(name: str) -> Recalculated:
    """One of :data:`SMALL` in the engine; tests take back what they type."""
    written = small_output(name)
    return Recalculated(written.path, written.definition)


@lru_cache
def shipped_output(name: str) -> Written:
    """A shipped model with :data:`N_SHIPPED_DRAWS` draws; its seed is that of the settings."""
    definition = shipped(name)
    results = {
        "base": shipped_base(name),
        "one_way": one_way(definition),
        "scenarios": scenarios(definition),
        "psa": psa(definition, N_SHIPPED_DRAWS, definition.settings.seed),
    }
    return _written(name, results)


@lru_cache
def coarse_output(name: str) -> Written:
    """A shipped model in cycles of four weeks: the same cells, a quarter of the rows."""
    definition = edit(shipped(name), {"settings.cycle_days": 28.0})
    sampled = psa(definition, N_SHIPPED_DRAWS, definition.settings.seed)
    return _written(f"coarse {name}", {"base": base_case(definition), "psa": sampled})


@lru_cache
def quarterly_output(name: str, years: float | None = None) -> Written:
    """A shipped model in cycles of a quarter, a tenth of the rows, for what shows no scenario of other cycles, for which the
    sheets would keep rows. ``years``: over so many, without scenarios of another horizon, and with patients of about the
    same weight, for which fewer combinations of vials are looked at."""
    definition, dropped = edit(shipped(name), {"settings.cycle_days": QUARTER_DAYS}), ["settings.cycle_days"]
    if years is not None:
        definition = edit(definition, {"settings.horizon_years": years, "population.weight_sd": 5.0})
        dropped.append("settings.horizon_years")
    kept = tuple(change for change in definition.scenarios if change.input not in dropped)
    definition = dataclasses.replace(definition, scenarios=kept)
    sampled = psa(definition, N_SHIPPED_DRAWS, definition.settings.seed)
    return _written(f"quarterly {name} {years or ''}", {"base": base_case(definition), "psa": sampled})


@lru_cache
def short_output(name: str) -> Written:
    """The same over 12 years."""
    return quarterly_output(name, 12.0)


OUTPUTS = {"as shipped": shipped_output, "coarse": coarse_output, "quarterly": quarterly_output, "short": short_output}


@lru_cache
def recalculated(name: str, cycles: str = "as shipped") -> Recalculated:
    """A shipped model in the engine, in its own or in other cycles (:data:`OUTPUTS`); tests take back what they type."""
    written = OUTPUTS[cycles](name)
    return Recalculated(written.path, written.definition)


def _written(name: str, results: dict[str, Any]) -> Written:
    made = Written(Path(FOLDER.name) / f"{name.replace(' ', '_')}.xlsx", results)
    made.write(made.path)
    return made
