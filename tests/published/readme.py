"""``inputs/published/README.md``: a row for each model, and its digits beside ours."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from model.analysis import base_case
from model.analysis.agreement import Found
from model.analysis.base_case.named_outputs import named_outputs
from model.definition import ModelDefinition
from model.definition.records.columns import columns_of
from model.definition.records.settings import Settings
from tests.published.published import PRINTED, Digits, Published

HEAD = """\
# Published models

Partitioned-survival models that others have published, typed into the input workbook as it is: every number with its source,
every convention a setting. `python run_model.py NAME` runs one, `model.example("NAME")` reads it, an analyst opens it.
`python -m tests.published` writes this folder from `tests/published/`, where the file of a model holds its definition and the
digits of its source; tests compare Python's results and those of the live workbook with them.
"""
FIRST, PLAIN = ("horizon_years", "cycle_days", "discount_rate_costs"), ("psa_draws", "hazard_floor", "age_adjustment")
"""Settings told of each model, and those not told although they are not the default."""
MOST_DIGITS = 11


def readme(models: Mapping[str, Published]) -> str:
    """The whole page."""
    results = {name: named_outputs(base_case(published.define())) for name, published in models.items()}
    rows = [
        "| workbook | model and source | what is special | settings | digits | all within, relative |",
        "|---|---|---|---|---|---|",
        *(row(name, published, results[name]) for name, published in models.items()),
    ]
    parts = [HEAD, "\n".join(rows), *(section(name, published, results[name]) for name, published in models.items())]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def row(name: str, published: Published, results: Mapping[str, Found]) -> str:
    """A model in one line."""
    digits = f"{len(published.digits)} {published.origin}"
    furthest = max(abs(d.difference(results) / float(d.text)) for d in published.digits)
    cells = [
        f"`{name}.xlsx`",
        f"{published.title}: {published.source}",
        published.special,
        settings_of(published.define()),
        digits,
        f"1e{math.ceil(math.log10(furthest))}",
    ]
    return f"| {' | '.join(cells)} |"


def settings_of(definition: ModelDefinition) -> str:
    """Length, cycle and rate, and what is not as in a new workbook, as on the sheet Settings."""
    columns, found = columns_of(Settings), []
    for field in dataclasses.fields(Settings):
        value = getattr(definition.settings, field.name)
        own = field.default is not dataclasses.MISSING and value != field.default and field.name not in PLAIN
        if field.name in FIRST or own:
            text = f"{value:.6g}" if isinstance(value, float) else str(value)
            found.append(f"{columns[field.name].header} `{text}`")
    return "; ".join(found)


def section(name: str, published: Published, results: Mapping[str, Found]) -> str:
    """The digits of a model, by the names that its results have in the output workbook."""
    beside = f"\n\n{published.beside[0].upper()}{published.beside[1:]}." if published.beside else ""
    digits = "\n".join(line(d, results) for d in published.digits)
    origin = published.origin if published.origin == PRINTED else f"by {published.origin}"
    return f"## {name}{beside}\n\n| result | {origin} | ours |\n|---|---|---|\n{digits}"


def line(digits: Digits, results: Mapping[str, Found]) -> str:
    """A number, and ours to as many digits; to those of a double that no machine rounds otherwise, where more are printed."""
    whole = len(digits.text.partition(".")[0].lstrip("0"))
    return f"| `{digits.result}` | {digits.text} | {digits.ours(results):.{min(digits.decimals, MOST_DIGITS - whole)}f} |"
