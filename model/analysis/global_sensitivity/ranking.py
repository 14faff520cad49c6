"""Which inputs matter? Three answers side by side, and why they differ.

The tornado moves one input to its limits, a Sobol index is the share of the variance that an input explains with all
others moving, and the EVPPI is what knowing it would be worth to the decision. The tornado's share of variance is that
of an additive model: squared swings over their sum; in such a model it equals the Sobol index.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from model.analysis.columns.global_sensitivity import RANKING
from model.analysis.deterministic.one_way import OneWay
from model.analysis.global_sensitivity import Sobol
from model.analysis.probabilistic.psa import PSA
from model.analysis.shown_result import ShownResult
from model.definition.model_definition import ModelDefinition
from model.definition.sampling.unit_cube import UnitCube, unit_cube

NEGLIGIBLE = 0.01  # share of variance, or of the EVPI, below which an input counts for nothing
UNLIKE = 2.0  # times by which the tornado's share and the Sobol index may differ before it is worth a word,
MATERIAL = 0.02  # and the part of the variance by which they must
INTERACTS = 0.25  # share of a total index that interactions may make up before it is worth a word


@dataclasses.dataclass(frozen=True)
class Ranking(ShownResult):
    """Result of the comparison at one threshold."""

    TITLE = "Inputs ranked by three analyses"
    COLUMNS = ("label", "swing", "sobol_total", "evppi", "swing_rank", "sobol_rank", "evppi_rank")

    definition: ModelDefinition
    threshold: float
    rows: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """One row per input, by total index: input, label; swing (width of its bar in the tornado), swing_share (of the
        sum of squared swings), sobol_first, sobol_total, evppi, evppi_share (of the EVPI); swing_rank, sobol_rank,
        evppi_rank (1 is the largest; ties share a rank); remark, why they differ in words."""
        return self.rows.copy()


def rank_inputs(one_way: OneWay, sobol: Sobol, psa: PSA, threshold: float | None = None) -> Ranking:
    """Tornado, Sobol indices and EVPPI of every uncertain input side by side (default: highest decision threshold).

    An input is what the Sobol analysis moves together; its swing is the widest among its rows of the tornado. Raises
    ValueError where the three results belong to different definitions.

    >>> import model
    >>> small = model.example()
    >>> ranking = model.rank_inputs(model.one_way(small), model.sobol(small, runs=256), model.psa(small))
    >>> int(ranking.table()["sobol_rank"].min())
    1
    """
    definition = sobol.definition
    if one_way.definition != definition or psa.definition != definition:
        raise ValueError("the tornado, the Sobol indices and the draws must come from the same definition")
    willingness_to_pay = definition.willingness_to_pay(threshold)
    cube = unit_cube(definition)
    table = sobol.table("inmb", willingness_to_pay).rename(columns={"first": "sobol_first", "total": "sobol_total"})
    table = table.drop(columns=["first_half_width", "interaction"])
    swings, one_sided = _swings(one_way, cube, willingness_to_pay)
    table["swing"] = [swings[name] for name in table["input"]]
    squares = table["swing"] ** 2
    table["swing_share"] = squares / squares.sum() if squares.sum() > 0 else 0.0
    value = _values(psa, cube, willingness_to_pay)
    for column in ("evppi", "evppi_share", "evppi_error"):
        table[column] = value[column].reindex(table["input"]).to_numpy()
    for name in ("swing", "sobol_total", "evppi"):
        rank = table[name].rank(ascending=False, method="min").astype(int)
        table[f"{name.removesuffix('_total')}_rank"] = rank
    columns = {name: cube.groups.count(name) for name in cube.inputs}
    table["remark"] = [remark(row, columns[str(row["input"])], str(row["input"]) in one_sided) for _, row in table.iterrows()]
    return Ranking(definition, willingness_to_pay, RANKING.checked(table[RANKING.names]))


def remark(row: pd.Series, n_columns: int, one_sided: bool) -> str:
    """Why the three measures of one input differ, in words; they agree where nothing is said.

    ``n_columns``: random numbers behind the input. ``one_sided``: do both bounds move the result the same way?
    """
    total, share = float(row["sobol_total"]), float(row["swing_share"])
    relevant = float(row["evppi"]) > float(row["evppi_error"]) and float(row["evppi_share"]) >= NEGLIGIBLE
    if max(total, share) < NEGLIGIBLE and not relevant:
        return "matters by none of the three"
    said = []
    if total - float(row["sobol_first"]) > max(INTERACTS * total, float(row["total_half_width"])):
        said.append("acts together with other inputs (total index above the first-order one)")
    if total > UNLIKE * share and total - share >= MATERIAL:
        if one_sided:
            said.append("both bounds of the tornado move the result the same way, so its bar hides the range between")
        elif n_columns > 1:
            said.append("the tornado moves one direction of several that vary together")
        else:
            said.append("its effect grows when other inputs vary too, which the tornado holds still")
    elif share > UNLIKE * total and share - total >= MATERIAL:
        said.append("wide bar, but a small part of the variance when every input varies")
    if not relevant:
        said.append("moves the result, but not the decision: knowing it would be worth next to nothing")
    elif total < NEGLIGIBLE:
        said.append("worth knowing although it explains little of the variance: the decision is close")
    return "; ".join(said) or "agree"


def _swings(one_way: OneWay, cube: UnitCube, willingness_to_pay: float) -> tuple[dict[str, float], set[str]]:
    """Widest bar of each input's rows in the tornado, and the inputs whose two bounds lie on one side of the base."""
    rows = one_way.table(willingness_to_pay)
    base = one_way.base_inmb(willingness_to_pay)
    owner = {member: name for name, members in cube.members.items() for member in members}
    swings, one_sided = dict.fromkeys(cube.inputs, 0.0), set()
    for _, row in rows.iterrows():
        name = owner.get(str(row["input"]))
        if name is None:
            continue
        low, high = float(row["inmb_low"]) - base, float(row["inmb_high"]) - base
        width = max(low, high, 0.0) - min(low, high, 0.0)
        swings[name] = max(swings[name], width)
        if low * high > 0:
            one_sided.add(name)
    return swings, one_sided


def _values(psa: PSA, cube: UnitCube, willingness_to_pay: float) -> pd.DataFrame:
    """EVPPI of every input at one threshold, by input."""
    varying = set(psa.draws.varying())
    groups = {name: [m for m in cube.members[name] if m in varying] for name in cube.inputs}
    table = psa.evppi({k: v for k, v in groups.items() if v}, [willingness_to_pay]).set_index("group")
    found = pd.DataFrame(
        {"evppi": table["evppi"], "evppi_share": table["share_of_evpi"].fillna(0.0), "evppi_error": table["standard_error"]}
    )
    return found.reindex(list(cube.inputs)).fillna(0.0).astype(np.float64)
