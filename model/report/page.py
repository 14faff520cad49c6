"""The report of a run as one HTML file that loads nothing: words of the analyses, tables of the workbook, figures."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from model.analysis.all_analyses import all_tables, analysis_of, named_results
from model.analysis.analysis import Results
from model.analysis.base_case.base_case import BaseCase
from model.analysis.prices.price_line import price_steps
from model.choices import ANALYSES
from model.definition.model_definition import ModelDefinition
from model.excel.pages.input_words import InputWords
from model.figures.descriptions import description_of, name_of
from model.files import whole_file
from model.report import inputs
from model.report.front import Front, front
from model.report.pictures import Picture, picture
from model.report.price_slider import REACH, slider_data
from model.report.run_record import run_record
from model.report.tables import ShownTable, shown_table

TEMPLATES = Path(__file__).parent / "templates"
ELSEWHERE = ("parameters", "price_steps")
"""Tables that stand under inputs and prices."""
PRICE_FIGURES = ("price",)
PAIR = ("first", "second")
"""Columns of two inputs that belong together; in their tables ids stand alone."""
OPENED = ("totals", "costs", "qalys", "survival", "structures", "psa_results")
"""Tables that are not folded."""
Tables = Mapping[str, pd.DataFrame | Callable[[], pd.DataFrame]]


@dataclasses.dataclass
class Section:
    """One analysis: its word, title, purpose, lines of the console, figures and tables."""

    word: str
    title: str
    purpose: str
    lines: list[str]
    pictures: list[Picture]
    tables: list[ShownTable]


def write_html_report(
    path: str | PathLike[str],
    *,
    base: BaseCase,
    run: Mapping[str, Any] | None = None,
    figures: Mapping[str, str] | None = None,
    **further: object,
) -> None:
    """Write the report of a run to ``path``: all of it, or nothing; the same results, the same bytes.

    ``run``: facts of the run, as for ``write_workbook``. ``figures``: the text of an SVG file by stem, such as
    ``model.figures.write_figures`` writes. ``further``: results of other analyses under the words of
    ``model.choices.ANALYSES``. Raises TypeError for another word or a result of another class.

    >>> import model
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.write_html_report(f"{folder}/report.html", base=model.base_case(model.example()))
    ...     "Small example" in pathlib.Path(folder, "report.html").read_text(encoding="utf-8")
    True
    """
    write_html_of(path, named_results({"base": base, **further}), run or {}, figures or {})


def write_html_of(
    path: str | PathLike[str],
    results: Results,
    run: Mapping[str, Any],
    figures: Mapping[str, str],
    tables: Tables | None = None,
    first: Front | None = None,
) -> None:
    """The same of results that are together already; ``tables`` that were made already, by stem (default: made here)."""
    text = report_text(results, run, figures, all_tables(results) if tables is None else tables, first or front(results))
    with whole_file(path) as unfinished:
        Path(unfinished).write_bytes(text.encode())


def report_text(results: Results, run: Mapping[str, Any], figures: Mapping[str, str], tables: Tables, first: Front) -> str:
    """The page as text."""
    definition = results.the(BaseCase).definition
    currency = definition.settings.currency
    pictures = {stem: picture(stem, svg) for stem, svg in sorted(figures.items())}
    priced = [p for stem, p in pictures.items() if name_of(stem) in PRICE_FIGURES]
    sections = _sections(results, [p for p in pictures.values() if p not in priced], _shown(definition, tables))
    price_table = _price_table(first, currency)
    order = [*priced, *(p for section in sections for p in section.pictures)]
    shown = [price_table, *(t for section in sections for t in section.tables)]
    data = slider_data(first.switching)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html.j2").render(
        first=first,
        words=first.words,
        sections=sections,
        opened=OPENED,
        number={p.stem: k for k, p in enumerate(order, start=1)},
        stems={t.stem: t.title for t in shown},
        price_table=price_table,
        price_pictures=priced,
        products=json.loads(data)["products"],
        price_data=data,
        reach=REACH,
        inputs=inputs.input_values(definition),
        marks=inputs.marks(),
        mark_counts=inputs.mark_counts(definition),
        conventions=inputs.conventions(definition),
        assumptions=inputs.assumptions(definition),
        references=inputs.references(definition),
        cited={reference.id for reference in definition.references},
        record=run_record(run),
        run_id=run.get("run_id", ""),
        style=_included("report.css"),
        script=_included("price.js"),
    )


def _price_table(first: Front, currency: str) -> ShownTable:
    """The answer at other prices; of one product alone, whose name stands above, without its name in every row."""
    table = shown_table("price_steps", price_steps(first.switching), currency)
    if len(first.switching.priced) != 1:
        return table
    return dataclasses.replace(table, heads=table.heads[1:], rows=[row[1:] for row in table.rows])


def _included(name: str) -> Any:
    """A file of ours that becomes part of the page as it is."""
    from markupsafe import Markup

    return Markup((TEMPLATES / name).read_text(encoding="utf-8").strip())


def _shown(definition: ModelDefinition, tables: Tables) -> dict[str, ShownTable]:
    """Every table as text, by stem."""
    words = InputWords(definition)

    def in_words(column: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if column in PAIR:
            return words.column(value)
        return _changes_in_words(words, value) if column == "changes" else value

    currency = definition.settings.currency
    made = {
        stem: table if isinstance(table, pd.DataFrame) else table() for stem, table in tables.items() if stem not in ELSEWHERE
    }
    return {stem: shown_table(stem, frame, currency, in_words) for stem, frame in made.items()}


def _changes_in_words(words: InputWords, changes: str) -> str:
    """``id = value; id = value`` with labels in place of ids."""
    parts = [part.partition(" = ") for part in changes.split("; ")]
    return "; ".join(f"{words.of(name)}: {words.value(name, value)}" if sign else name for name, sign, value in parts)


def _sections(results: Results, pictures: list[Picture], tables: dict[str, ShownTable]) -> list[Section]:
    """One section per analysis that was run, in their order; a figure or table that names none is with the base case."""
    arms = {arm.id: arm.short_label for arm in results.the(BaseCase).definition.arms}
    made: dict[str, Section] = {}
    owner: dict[str, str] = {}
    for word in ANALYSES:
        analysis = analysis_of(word)
        if analysis.result in results:
            lines = [] if word in ("base", "psa") else [line for line in analysis.lines_of(results) if line]
            made[word] = Section(word, analysis.task, analysis.purpose, lines, [], [])
            owner |= dict.fromkeys(analysis.tables_of(results), word)
    for one in pictures:
        known = description_of(one.stem)
        made[known.of if known is not None and known.of in made else "base"].pictures.append(one)
    for stem, table in tables.items():
        made[owner.get(stem, "base")].tables.append(dataclasses.replace(table, title=_title(table, tables, arms)))
    return list(made.values())


def _title(table: ShownTable, tables: Mapping[str, ShownTable], arms: Mapping[str, str]) -> str:
    """The title of a table; where another has the same, with its arm, or else with its stem in words."""
    same = sum(other.title == table.title for other in tables.values()) > 1
    arm = next((label for name, label in arms.items() if table.stem.endswith(f"_{name}")), "")
    if same and arm:
        return f"{table.title}: {arm}"
    return f"{table.title} ({table.stem.replace('_', ' ')})" if same else table.title
