"""The question of the decision problem as a formula over the cover (``analysis/first_page/question.py``)."""

from __future__ import annotations

from model.analysis.first_page.question import SOCIETAL_COUNTED
from model.definition.records.columns import SOCIETAL
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import where
from model.excel.live.evaluate import LiveModel
from model.excel.output_book import Report
from model.excel.pages.growing_tables import Facts
from model.excel.report.answer_words import lower_first_words
from model.excel.report.first_page.cover_cells import cover_cell


def write_question(report: Report, live: LiveModel, facts: Facts, positions: tuple[Formula, Formula]) -> Formula:
    """The sentence; where other arms are compared than in the run, by the labels of the arms."""
    assert report.layout is not None
    settings = report.definition.settings
    labels = report.layout.tables["arms"].block("label").reference
    of_run = " and ".join(f"{name} as in the run" for name in ("intervention", "comparator"))
    same = [live.inputs[f"settings.{name}"].equals(getattr(settings, name)) for name in ("intervention", "comparator")]
    as_run = facts.add(
        f"Arms compared: 1 {of_run}", Formula(f"IF(AND({same[0].text},{same[1].text}),1,0)", 1.0), kind="plain"
    )
    old, new = positions
    named = []
    for field, place in (("intervention", new), ("comparator", old)):
        cover = cover_cell(report, field)
        label = f"INDEX({labels},{place.text})"
        cell = facts.add(field.capitalize(), Formula(f"IF({as_run.text}=1,{cover.text},{label})", cover.value), kind="text")
        named.append(facts.add("… within a sentence", lower_first_words(cell), kind="text"))
    whom = facts.add("Population", cover_cell(report, "population"), kind="text")
    whom = facts.add("… within a sentence", lower_first_words(whom), kind="text")
    said = formula_of("Is ").then(named[0]).then(" worth its cost compared with ").then(named[1]).then(", for ").then(whom)
    said = said.then("? Perspective: ").then(cover_cell(report, "perspective"))
    societal = live.inputs["settings.cost_perspective"].equals(SOCIETAL)
    said = said.then(where(societal, SOCIETAL_COUNTED, "")).then(".")
    return facts.add("The question", said, kind="free")
