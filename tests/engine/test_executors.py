"""Who runs the draws never changes a number; draws that share their curves cost one computation of them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.cli import main
from model.definition import Draws, base_case_draws, edit, sample
from model.engine import ClusterError, DaskCluster, Engine, Outcomes, Threads, evaluate
from model.engine.chunks import distinct_curves
from model.engine.engine import engine_of
from model.excel import write_template
from tests.helpers.shipped import shipped
from tests.helpers.small_models import published_example_a

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None,
    reason="needs the optional package distributed (pip install -e '.[dask]')",
)


def arrays(outcomes: Outcomes) -> list[np.ndarray[Any, Any]]:
    accounts = (outcomes.life_years, outcomes.qalys, outcomes.costs)
    return [a for account in accounts for a in (account.discounted, account.undiscounted)] + [
        outcomes.crossing_first_month,
        outcomes.crossing_largest_gap,
        outcomes.crossing_area_months,
        outcomes.alive_at_horizon,
        outcomes.flags.astype(float),
    ]


def assert_same_bits(one: Outcomes, other: Outcomes) -> None:
    for a, b in zip(arrays(one), arrays(other), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_curves_depend_on_survival_inputs_and_on_nothing_that_is_only_multiplied() -> None:
    inputs = Engine(shipped("patina_us")).state_inputs
    assert {"curves.control.pfs", "curves.control.os", "relative_effects.palbociclib.os"} <= inputs
    assert "treatment.palbociclib.palbociclib.hazard_ratio" in inputs
    assert not any(name.startswith(("utilities.", "care.", "products.", "event_")) for name in inputs)


def test_draws_that_differ_in_prices_and_utilities_only_share_their_curves() -> None:
    """Each outcome is that of the draw alone."""
    definition = shipped("patina_us")
    base = base_case_draws(definition)
    n = 30
    generator = np.random.default_rng(1)
    changes = {
        "products.palbociclib.pack_21": generator.uniform(0, 2e4, n),
        "utilities.progression_free": generator.uniform(0.6, 0.9, n),
        "relative_effects.palbociclib.os": np.repeat([0.7, 0.8, 0.9], n // 3),
    }
    draws = Draws(n, {**base.values, **changes})
    distinct = distinct_curves(Engine(definition), draws)
    assert distinct is not None and len(distinct[0]) == 3
    together = evaluate(definition, draws, threads=1)
    for k in (0, 11, 29):
        alone = evaluate(definition, draws.block(k, k + 1), threads=1)
        for a, b in zip(arrays(together), arrays(alone), strict=True):
            np.testing.assert_allclose(a[k], b[0], rtol=1e-13, atol=1e-300)


def test_random_draws_share_no_curves() -> None:
    definition = shipped("patina_us")
    assert distinct_curves(Engine(definition), sample(definition, 50, 1)) is None


def test_progress_adds_up_to_the_draws() -> None:
    definition = edit(published_example_a(), {"settings.horizon_years": 5.0})
    base = base_case_draws(definition)
    draws = Draws(2500, {**base.values, "care.pfs_care": np.linspace(0.0, 2000.0, 2500)})
    done: list[int] = []
    evaluate(definition, draws, progress=done.append)
    assert done == [1024, 1024, 452]


@needs_dask
def test_a_scheduler_address_that_is_none_is_one_message_and_exit_code_2(
    example_a: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main([str(example_a), "--out", str(out), "--scheduler", "nonsense"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("--scheduler: no Dask scheduler answers at 'nonsense'")
    assert "tcp://HOST:8786" in error and not out.exists()


def test_without_the_optional_package_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install .*\.\[dask\]"):
        DaskCluster("tcp://127.0.0.1:8786")


@pytest.fixture(scope="module")
def cluster() -> Iterator[DaskCluster]:
    distributed = pytest.importorskip("distributed", reason="needs the optional package distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,
        DaskCluster(local.scheduler_address) as connected,
    ):
        yield connected


@pytest.mark.slow
def test_two_dask_workers_give_the_same_bits_as_threads(cluster: DaskCluster) -> None:
    for name in ("patina_us", "patina_england"):
        definition = edit(shipped(name), {"settings.horizon_years": 10.0})
        draws = sample(definition, 3000, 1)
        done: list[int] = []
        remote = evaluate(definition, draws, executor=cluster, progress=done.append)
        assert sorted(done) == [952, 1024, 1024]
        for threads in (1, 3):
            assert_same_bits(remote, evaluate(definition, draws, executor=Threads(threads)))


@pytest.mark.slow
def test_the_command_line_writes_the_same_draws_with_a_scheduler(cluster: DaskCluster, tmp_path: Path) -> None:
    starter = tmp_path / "starter.xlsx"
    write_template(starter)
    common = [str(starter), "--only", "psa", "--draws", "1100", "--set", "settings.horizon_years=5"]
    tables = []
    for name, more in (("threads", []), ("dask", ["--scheduler", cluster.address])):
        out = tmp_path / name / "run"
        assert main([*common, "--out", str(out), *more]) == 0
        tables.append({p.name: p.read_bytes() for p in sorted((out / "tables").iterdir())})
    assert tables[0] == tables[1]


def test_the_engine_of_a_definition_is_made_once_and_that_of_an_edited_copy_is_another() -> None:
    definition = shipped("patina_us")
    assert engine_of(definition) is engine_of(definition)
    edited = edit(definition, {"settings.horizon_years": 10.0})
    assert (
        engine_of(edited).definition is edited
        and engine_of(edited).timeline.n_cycles < engine_of(definition).timeline.n_cycles
    )
    for percent in range(5):  # more than are kept
        engine_of(edit(definition, {"settings.discount_rate_costs": percent / 100}))
    assert engine_of(definition).definition is definition
