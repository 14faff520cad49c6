"""Other programs on the same tasks: time as a multiple of ours, and how far the numbers lie apart.

python tests/benchmarks/peers.py [PEER ...]

Processor time, each program in a process of its own, one after the other. A peer that is not installed is named with the
command that installs it. What was run, and what not, stands in tests/benchmarks/README.md. Nothing passes or fails.
"""

from __future__ import annotations

import csv
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from model.analysis.decision import evpi, evppi  # noqa: E402
from model.arrays import Array  # noqa: E402
from model.definition import Draws, base_case_draws  # noqa: E402
from model.engine import evaluate  # noqa: E402
from model.survival import CANDIDATES, cox_hazard_ratio, fit_data, kaplan_meier, reconstruct  # noqa: E402
from tests.helpers.hesim_models import ARMS as STRATEGIES  # noqa: E402
from tests.helpers.hesim_models import REFERENCE as HESIM  # noqa: E402
from tests.helpers.hesim_models import with_its_draws  # noqa: E402
from tests.helpers.reference_trial import ARMS, ENDPOINTS, REFERENCE, trial  # noqa: E402

Numbers = Mapping[str, float]
Tasks = Mapping[str, Callable[[], Numbers]]
SCRIPTS = Path(__file__).with_suffix("")
CURVES = {f"{endpoint} {arm}": (endpoint, arm) for endpoint in ENDPOINTS for arm in ARMS}
THRESHOLDS = [100_000, 150_000, 300_000]
TIMES = [12, 24, 36]
CASES = ("weibull", "flexible")
REPEATS, RATE = 20, 0.03
"""hesim's models with monthly cycles, their 50 draws so many times, and the discount rate per year, exp(-r t)."""


def timed(work: Callable[[], Numbers]) -> tuple[float, Numbers]:
    """Processor time, as peers/common.R measures it: median of five runs of 0.1 s or more, or one run beyond 5 s."""

    def once(times: int) -> float:
        start = time.process_time()
        for _ in range(times):
            work()
        return (time.process_time() - start) / times

    first = once(1)
    times = max(1, round(0.1 / max(first, 1e-3)))
    return first if first > 5 else statistics.median(once(times) for _ in range(5)), work()


def log_likelihoods(name: str) -> Numbers:
    """Of one distribution fitted to each curve of the trial."""
    return {curve: fit_data(trial(*key), name).log_likelihood for curve, key in CURVES.items()}


def restricted_means() -> Numbers:
    return {curve: kaplan_meier(trial(*key)).restricted_mean(36.0)[0] for curve, key in CURVES.items()}


def hazard_ratios() -> Numbers:
    arms = {endpoint: [trial(endpoint, arm) for arm in ARMS] for endpoint in ENDPOINTS}
    return {endpoint: cox_hazard_ratio(*pair).log_hazard_ratio for endpoint, pair in arms.items()}


def digitised_curves() -> dict[str, tuple[Array, Array, Array, Array, int]]:
    """Times and survival of the clicks, times of numbers at risk and these, and events, by curve."""
    clicks, risks = (pd.read_csv(REFERENCE / f"{name}.csv") for name in ("digitised_km", "numbers_at_risk"))
    found = {}
    for curve, (endpoint, arm) in CURVES.items():
        mine, counts = (table[(table["endpoint"] == endpoint) & (table["arm"] == arm)] for table in (clicks, risks))
        is_total = counts["time"] == "total_events"
        at_risk = counts[~is_total].astype({"time": float})[["time", "n_risk"]].to_numpy().T
        found[curve] = (*mine[["time", "survival"]].to_numpy().T, *at_risk, int(counts.loc[is_total, "n_risk"].iloc[0]))
    return found


def reconstructions(digitised: Mapping[str, tuple[Array, Array, Array, Array, int]]) -> Numbers:
    """Kaplan-Meier estimates of the patients found behind each digitised curve."""
    estimates = {
        curve: kaplan_meier(reconstruct(*published).data).survival_at(TIMES) for curve, published in digitised.items()
    }
    return {f"{curve}.{t}": v for curve, values in estimates.items() for t, v in zip(TIMES, values, strict=True)}


def psa_tasks() -> Tasks:
    """EVPI, and EVPPI as shares of it, of the sample of three strategies."""
    sample = pd.read_csv(REFERENCE / "psa_sample.csv")
    costs, effects = (sample[[f"{outcome}_{i}" for i in (1, 2, 3)]].to_numpy() for outcome in ("cost", "qaly"))
    parameters = sample.iloc[:, :8]
    pairs = {" ".join(pair): pair for pair in (["log_hr_pfs", "log_hr_os"], ["u_pf", "u_pd"])}

    def perfect() -> Numbers:
        return dict(zip(map(str, THRESHOLDS), np.atleast_1d(evpi(costs, effects, THRESHOLDS)), strict=True))

    def shares(**options: object) -> Numbers:
        table = evppi(costs, effects, parameters, THRESHOLDS, **options)  # type: ignore[arg-type]
        names = table["group"] + table["willingness_to_pay"].map(" {:.0f}".format)
        return dict(zip(names, table["share_of_evpi"], strict=True))

    return {
        "EVPI": perfect,
        "EVPPI of 8 parameters": shares,
        "EVPPI of 2 pairs": partial(shares, groups=pairs),
        "EVPPI of 2 pairs by Gaussian process": partial(shares, groups=pairs, method="gaussian_process"),
    }


def cohort(case: str) -> Callable[[], Numbers]:
    """Mean life years, QALYs and costs by arm and state of one of hesim's models, over its draws repeated."""
    definition, values = with_its_draws(case, RATE, crossing="raise_os", discounting="continuous")
    many = {name: np.concatenate([drawn] * REPEATS) for name, drawn in values.items()}
    draws = Draws(len(many["care.free"]), {**base_case_draws(definition).values, **many})

    def means() -> Numbers:
        found = evaluate(definition, draws)
        return {
            f"{outcome} {arm} {state}": value
            for outcome in ("life_years", "qalys", "costs")
            for arm, row in zip(STRATEGIES.values(), getattr(found, outcome).discounted.mean(axis=0), strict=True)
            for state, value in zip(("progression_free", "progressed"), row, strict=True)
        }

    return means


def write_hesims_draws(folder: Path) -> None:
    """The same draws, as peers/hesim.R reads them."""
    rows = []
    for name in CASES:
        case = HESIM["cases"][name]
        families = {endpoint: curve["dist"] for endpoint, curve in case["params"].items()}
        rows.append({"name": name, **families, **{k: case[k] for k in ("horizon_years", "n_times")}, "rate": RATE})
        for endpoint, curve in case["params"].items():
            columns = {
                f"{parameter}.{heading}": [row[key] for row in drawn] * REPEATS
                for parameter, drawn in curve["coefs"].items()
                for key, heading in (("int", "intercept"), ("new", "treated"))
                if key in drawn[0]
            }
            pd.DataFrame(columns).to_csv(folder / f"{name}.{endpoint}.csv", index=False)
    pd.DataFrame(rows).to_csv(folder / "cases.csv", index=False)
    for name in ("utilities", "annual_costs"):
        pd.DataFrame(HESIM[name] * REPEATS).to_csv(folder / f"{name}.csv", index=False)


def lifelines_tasks() -> Tasks:
    """The fits of the Python package lifelines: log-likelihoods."""
    import lifelines

    fitters = {
        "exponential": lifelines.ExponentialFitter,
        "weibull": lifelines.WeibullFitter,
        "lognormal": lifelines.LogNormalFitter,
        "loglogistic": lifelines.LogLogisticFitter,
        "generalised_gamma": lifelines.GeneralizedGammaFitter,
    }

    def fits(fitter: Callable[[], lifelines.WeibullFitter]) -> Numbers:
        data = {curve: trial(*key) for curve, key in CURVES.items()}
        return {curve: fitter().fit(d.time, d.event).log_likelihood_ for curve, d in data.items()}

    return {name: partial(fits, fitter) for name, fitter in fitters.items()}


def ours() -> Mapping[str, Tasks]:
    """Our tasks for each peer, under the names that its script prints."""
    fits = {name: partial(log_likelihoods, name) for name in CANDIDATES}
    return {
        "hesim": {case: cohort(case) for case in CASES},
        "flexsurv": fits,
        "voi": psa_tasks(),
        "mgcv": psa_tasks(),
        "IPDfromKM": {"reconstruction": partial(reconstructions, digitised_curves())},
        "survival": {**fits, "Kaplan-Meier, mean to 36 months": restricted_means, "Cox": hazard_ratios},
        "lifelines": fits,
    }


def r_answers(*arguments: str) -> str:
    """What Rscript prints, run from the folder of the project."""
    return subprocess.run(["Rscript", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def version_of(peer: str) -> str:
    """Empty where the peer is not installed."""
    if peer == "lifelines":
        return version(peer) if find_spec(peer) else ""
    expression = f"if (requireNamespace('{peer}', quietly = TRUE)) cat(format(packageVersion('{peer}')))"
    return r_answers("-e", expression) if shutil.which("Rscript") else ""


def theirs(peer: str) -> Mapping[str, tuple[float, Numbers]]:
    """Seconds and numbers of each task of a peer."""
    if peer == "lifelines":
        return {task: timed(work) for task, work in lifelines_tasks().items()}
    with tempfile.TemporaryDirectory() as folder:
        if peer == "hesim":
            write_hesims_draws(Path(folder))
        printed = csv.reader(r_answers(str(SCRIPTS / f"{peer}.R"), folder).splitlines(), delimiter="\t")
    found: dict[str, dict[str, float]] = {}
    for task, name, value in printed:
        found.setdefault(task, {})[name] = float(value)
    return {task: (numbers.pop("seconds"), numbers) for task, numbers in found.items()}


def apart(one: Numbers, other: Numbers) -> float:
    """Largest difference, relative where a number is beyond 1. Raises ValueError where the two name different things."""
    if set(one) != set(other):
        raise ValueError(f"the programs name different numbers: {sorted(set(one) ^ set(other))}")
    return max(abs(one[name] - other[name]) / max(1.0, abs(other[name])) for name in one)


def compare(peer: str, tasks: Tasks) -> None:
    """Print a line for each task."""
    print(f"{peer} {version_of(peer)}")
    for task, (seconds, numbers) in theirs(peer).items():
        own, found = timed(tasks[task])
        ratio, difference = seconds / own, apart(found, numbers)
        print(f"  {task:38} {ratio:6.1f} times ours ({own * 1000:6.1f} ms), numbers {difference:.0e} apart")


def main(peers: Iterable[str]) -> None:
    """Compare with the peers named, or with all."""
    tasks = ours()
    for peer in peers or tasks:
        if version_of(peer):
            try:
                compare(peer, tasks[peer])
            except subprocess.CalledProcessError:
                print("  its script failed, as told above; the other peers follow")
        else:
            command = "pip install lifelines" if peer == "lifelines" else f"Rscript -e 'install.packages(\"{peer}\")'"
            print(f"{peer}: not installed ({command})")


if __name__ == "__main__":
    main(sys.argv[1:])
