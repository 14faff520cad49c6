"""Does the workbook still show the run that wrote it? Names that any sheet may use, and words for the head of every sheet.

Live results follow an edited input; stored ones cannot. So every sheet says in its head when the two are not of the same
inputs, and what compares them stays empty until they are.
"""

from __future__ import annotations

from typing import Any

from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import where
from model.excel.output_book import Report

AS_RUN = Formula("as_run", 1.0)
"""1 while no input differs from the run and no subgroup, no scenario and no draw is shown."""
CELLS_CHANGED = Formula("cells_changed", 0.0)
"""How many input cells differ from the run, apart from sources and notes."""
NOTICE, NOTICE_STORED = Formula("run_notice", ""), Formula("run_notice_stored", "")
DIFFERENT, OF_RUN = "NOT AS IN", "OF"


def only_as_run(made: Formula | Any, otherwise: Formula | str = "") -> Formula:
    """A comparison of live with stored results: empty, or other words, where they are not of the same inputs."""
    return where(AS_RUN.equals(1), made, otherwise)


def run_label(report: Report) -> str:
    """``run abc123``, or ``the run`` where it has no id."""
    return report.run_words[:1].lower() + report.run_words[1:] if report.run_words else "the run"


def difference_words(values: Formula, subgroup: Formula, scenario: Formula, draw: Formula) -> Formula:
    """``3 input cells differ, scenario 5 is shown``; "" while nothing is edited or shown."""
    v, g, s, d = values.text, subgroup.text, scenario.text, draw.text
    cells = f'IF({v}>0,{v}&IF({v}=1," input cell differs"," input cells differ"),"")'
    group = f'IF({g}=0,"",IF({v}>0,", ","")&"subgroup "&{g}&" is shown")'
    shown = f'IF({s}=0,"",IF(AND({v}=0,{g}=0),"",", ")&"scenario "&{s}&" is shown")'
    drawn = f'IF({d}=0,"",IF(AND({v}=0,{g}=0,{s}=0),"",", ")&"draw "&{d}&" is shown")'
    return Formula(f"{cells}&{group}&{shown}&{drawn}", "")


def notice_words(report: Report, differs: Formula, notes: Formula) -> tuple[Formula, Formula]:
    """What the head of a live sheet says, and that of a sheet of stored results; "" while there is nothing to say."""
    label = run_label(report)
    edited = f'IF({notes.text}>0,"Since {label}, names, sources or notes were edited ("&{notes.text}&"). ","")'
    live = f'"{DIFFERENT} {label}: "&{differs.text}&". Live results follow; [S] and words about results are of the run. "'
    stored = f'"{OF_RUN} {label}, not of the inputs shown ("&{differs.text}&"). "'
    return (Formula(f"IF({AS_RUN.text}=1,{edited},{live})", ""), Formula(f'IF({AS_RUN.text}=1,"",{stored})', ""))


def notice_of(report: Report, sheet: str) -> Formula:
    """The notice for the head of a sheet."""
    return NOTICE_STORED if report.is_stored(sheet) else NOTICE


def of_run(report: Report, text: str) -> Formula:
    """A text of the run; where the inputs are others now, it says whose it is."""
    marked = f"Of {run_label(report)}: {text}"
    return only_as_run(formula_of(text), formula_of(marked))
