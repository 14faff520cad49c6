"""Which columns of a file of draws hold costs, effects and parameters: by the names that common programs give them.

Known are wide tables with one column per option: ``costs.A`` and ``qalys.A`` (this model, BCEA data frames), ``cost_A`` and
``qaly_A`` (hesim and heemod after reshaping), ``A_cost`` and ``A_qaly``, and, where nothing longer is found, ``c.A`` and
``e.A``. Letter case does not matter.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence

WORDS = {
    "costs": ("costs?", "total_costs?", "c"),
    "effects": ("qalys?", "total_qalys?", "effects?", "eff", "outcomes?", "lys?", "life_years?", "e"),
}
SHORT = ("c", "e")
COUNTERS = ("", "draw", "draws", "iteration", "iter", "sim", "simulation", "sample", "index", "run", "id", "x", "n")
OWN_OUTCOMES = re.compile(r"(life_years|crossing_first_month|crossing_area_months|increment)\..+")
DIFFERENCES = ("inc", "incr", "increment", "incremental", "delta", "diff", "difference", "d", "icer", "total")
FURTHER_OUTCOMES = (
    "costs?",
    "total_costs?",
    "qalys?",
    "total_qalys?",
    "effects?",
    "lys?",
    "lyg?",
    "life_years?",
    "i?nmb",
    "i?nhb",
    "icers?",
)


@dataclasses.dataclass(frozen=True)
class PSAColumns:
    """Names of the columns: costs and effects in the order of ``arms``, and parameters."""

    arms: tuple[str, ...]
    costs: tuple[str, ...]
    effects: tuple[str, ...]
    parameters: tuple[str, ...]


def columns_by_name(headers: Sequence[str]) -> PSAColumns:
    """The columns of a wide table; ValueError, with what was looked for, where they cannot be told."""
    for costs, effects in _pairs_of_words():
        found_costs, found_effects = _options(headers, costs), _options(headers, effects)
        arms = [arm for arm in found_costs if arm in found_effects]
        if len(arms) >= 2:
            _none_lacks_its_other_half(found_costs, found_effects)
            chosen = [found_costs[arm] for arm in arms], [found_effects[arm] for arm in arms]
            return given_columns(headers, *chosen, arms)
    raise ValueError(
        "costs and effects of at least two options were not found; name their columns with --costs and --effects, or call "
        "them cost_A, cost_B, qaly_A, qaly_B (also costs.A, effect_A, A_cost, A_qaly, c.A, e.A). "
        f"Columns are: {', '.join(headers[:20])}{', ...' if len(headers) > 20 else ''}"
    )


def _none_lacks_its_other_half(costs: Mapping[str, str], effects: Mapping[str, str]) -> None:
    """Refuse a cost without an effect, or the reverse, whose column is named as those of the options are."""
    for found, other, what in ((costs, effects, "effects"), (effects, costs, "costs")):
        shapes = {column.replace(option, "*") for option, column in found.items() if option in other}
        for option, column in found.items():
            if option not in other and column.replace(option, "*") in shapes:
                raise ValueError(
                    f"the column '{column}' has no column of {what} beside it; each option needs both (have names been "
                    "mistyped? --costs and --effects name the columns to be used)"
                )


def given_columns(
    headers: Sequence[str],
    costs: Sequence[str],
    effects: Sequence[str],
    arms: Sequence[str] | None = None,
    parameters: Sequence[str] | None = None,
) -> PSAColumns:
    """Columns named by the user. Without ``parameters``, every other column but counters of draws is one.

    ValueError for a column that is not there or named twice, or where costs, effects and options differ in number.
    """
    for name in (*costs, *effects, *(parameters or ())):
        if name not in headers:
            raise ValueError(f"there is no column '{name}'; columns are: {', '.join(headers[:20])}")
    twice = sorted({n for n in (*costs, *effects) if (*costs, *effects).count(n) > 1})
    if twice:
        raise ValueError(f"the column '{twice[0]}' is named twice")
    if len(costs) != len(effects) or len(costs) < 2:
        raise ValueError(
            f"each option needs a cost and an effect, and there must be at least two: {len(costs)} columns of costs, "
            f"{len(effects)} of effects"
        )
    names = tuple(arms) if arms is not None else _common_names(costs, effects)
    if len(names) != len(costs) or len(set(names)) < len(names):
        raise ValueError(f"{len(costs)} options need {len(costs)} different names, not {', '.join(names)}")
    taken = {*costs, *effects}
    rest = [h for h in headers if h not in taken and not _no_parameter(h, names)] if parameters is None else parameters
    return PSAColumns(names, tuple(costs), tuple(effects), tuple(rest))


def _pairs_of_words() -> list[tuple[str, str]]:
    pairs = [(c, e) for c in WORDS["costs"] for e in WORDS["effects"]]
    return sorted(pairs, key=lambda pair: sum(word in SHORT for word in pair))


def _options(headers: Sequence[str], word: str) -> dict[str, str]:
    """Column by option: ``word_A``, ``word.A``, ``word A`` or ``A_word``; without a mark only before a number (cost1)."""
    found: dict[str, str] = {}
    for header in headers:
        match = re.fullmatch(rf"(?:{word})(?:[_. ]+(.+)|(\d+))|(.+)[_. ](?:{word})", header, re.IGNORECASE)
        if match and not OWN_OUTCOMES.fullmatch(header):
            option = next(part for part in match.groups() if part).strip()
            if option.lower() not in DIFFERENCES:
                found.setdefault(option, header)
    return found


def _common_names(costs: Sequence[str], effects: Sequence[str]) -> tuple[str, ...]:
    """What the names of a cost and of its effect have in common, such as ``A`` of cost_A and qaly_A; else the cost's."""
    names = []
    for cost, effect in zip(costs, effects, strict=True):
        parts = [p for p in re.split(r"[_. ]+", cost) if p in re.split(r"[_. ]+", effect)]
        names.append("_".join(parts) or cost)
    return tuple(names) if len(set(names)) == len(names) else tuple(costs)


def _no_parameter(header: str, arms: Sequence[str]) -> bool:
    """A counter of draws, or an outcome: of this model, of one of the options, or a difference between them."""
    if header.strip().lower() in COUNTERS or OWN_OUTCOMES.fullmatch(header):
        return True
    options = "|".join(re.escape(name) for name in (*arms, *DIFFERENCES))
    words = "|".join(FURTHER_OUTCOMES)
    outcome = rf"(?:{words})|(?:{words})[_. ]+(?:{options})|(?:{options})[_. ]*(?:{words})"
    return bool(re.fullmatch(outcome, header.strip(), re.IGNORECASE))
