"""Facts for the first sheet: the run, the decision problem, the conventions in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.analysis.all_analyses import found_in
from model.choices import ANALYSES
from model.definition.limitations import numbered
from model.definition.records.columns import columns_of
from model.definition.records.names import lower_first
from model.definition.records.settings import Settings
from model.excel.live.used import CALCULATION_SETTINGS
from model.excel.output_book import Report

RUN_WORDS = {
    "run_id": "Run id",
    "model_version": "Model version",
    "version": "Model version",
    "inputs_version": "Version of the inputs",
    "input_file": "Input file",
    "input_file_name": "Input file",
    "input_sha256": "Checksum of the input file (SHA-256)",
    "input_checksum": "Checksum of the input file",
    "changes": "Inputs changed for this run",
    "analyses": "Analyses",
    "draws": "Draws",
    "input_draws": "Draws of inputs from elsewhere",
    "seed": "Random seed",
    "python": "Python",
    "packages": "Packages",
}
SHOWN_ELSEWHERE = ("settings", "title")
SHOWN = (*CALCULATION_SETTINGS, "one_way_bounds")


def run_facts(report: Report) -> dict[str, str]:
    """What was run: ids, versions, seed, packages, analyses."""
    run = report.run
    order = [*(k for k in RUN_WORDS if k in run), *(k for k in run if k not in RUN_WORDS and k not in SHOWN_ELSEWHERE)]
    facts = {RUN_WORDS.get(k, sentence(k)): in_words(run[k]) for k in order}
    if report.psa is not None:
        facts.setdefault("Random seed", str(report.psa.seed))
        facts.setdefault("Draws", f"{report.psa.outcomes.n_draws:,}")
    if "input_file" in run:
        facts["To repeat it"] = _command(run, report)
    facts["Analyses in this workbook"] = ", ".join(lower_first(analysis.task) for analysis in found_in(report.results))
    facts.pop("Analyses", None)
    return {k: v for k, v in facts.items() if v}


def _command(run: Mapping[str, Any], report: Report) -> str:
    """The command that gives the same results, on the input file and the versions named here."""
    psa = report.psa
    words = ["python run_model.py", str(run["input_file"])]
    words += [f"--draws {psa.outcomes.n_draws} --seed {psa.seed}"] if psa is not None else []
    asked = [name for name in ANALYSES if name in run.get("analyses", ANALYSES)]
    file = run.get("input_draws", {}).get("file")
    words += [f"--input-draws {file}"] if file else []
    words += [f"--only {','.join(asked)}"] if len(asked) < len(ANALYSES) else []
    return " ".join(words) + (", with the changes named here" if run.get("changes") else "")


def problem_facts(report: Report) -> dict[str, str]:
    """The decision problem in words, limitations one by one."""
    about = report.definition.about
    facts = {c.header: getattr(about, name) for name, c in columns_of(type(about)).items() if name != "title"}
    limitations = facts.pop("Limitations", "")
    facts.pop("Choice of curves", None)  # it stands beside the pairs of curves
    if "inputs_version" in report.run:
        facts.pop("Version of the inputs", None)
    one_by_one = numbered(limitations)
    return {**facts, **{f"Limitation {n}" if len(one_by_one) > 1 else "Limitations": text for n, text in one_by_one.items()}}


def convention_facts(report: Report) -> dict[str, str]:
    """Every named option in force, with what it means."""
    settings, columns = report.definition.settings, columns_of(Settings)
    facts = {}
    for name in SHOWN:
        column, value = columns[name], getattr(settings, name)
        if value is None:
            continue
        if isinstance(value, bool):
            facts[column.header] = "yes: " + column.help.removeprefix("yes: ") if value else "no"
        elif column.choices:
            facts[column.header] = f"{value}: {meaning(column.help, value)}" if meaning(column.help, value) else str(value)
        elif isinstance(value, float):
            shown = f"{value:.2%}" if column.number_format.endswith("%") else f"{value:g}"
            facts[column.header] = f"{shown} {column.unit}".strip()
        else:
            facts[column.header] = str(value)
    steps = report.definition.discount_steps
    if steps:
        facts["Later discount rates"] = "; ".join(
            f"from year {s.from_year:g}: costs {s.rate_costs:.2%}, effects {s.rate_effects:.2%}" for s in steps
        )
    return facts


def meaning(help_text: str, value: str) -> str:
    """What a named option means, from the help ``name: meaning; name: meaning``."""
    for part in help_text.split("; "):
        names, _, words = part.partition(": ")
        if words and value in names.replace(" or ", ", ").split(", "):
            return words
    return ""


def sentence(name: str) -> str:
    """A field name as the beginning of a sentence."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def in_words(value: Any) -> str:
    """A fact of the run as text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {v}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if value >= 10_000 else str(value)
    return str(value)
