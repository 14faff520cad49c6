"""The first sheet: the answer in one sentence, key figures, facts of the run, conventions, colour key, contents."""

from __future__ import annotations

import math
import textwrap
from typing import Any

from model.analysis.amounts import chance
from model.analysis.structures.structures import Structures
from model.excel.formulas.formula import Formula, formula_of
from model.excel.formulas.functions import number_as_text
from model.excel.output_book import Report
from model.excel.output_sheets import PSA_RESULTS
from model.excel.pages.cells import FORMATS, clean, header_style
from model.excel.pages.page import LINE_LENGTH
from model.excel.pages.styles import DARK, TAB_CONTROL, set_up_page
from model.excel.report.as_run import of_run, only_as_run, run_label
from model.excel.report.checks.error_trail import no_answer
from model.excel.report.facts import convention_facts, problem_facts, run_facts
from model.excel.report.results import ResultsAt
from model.excel.report.structures import STRUCTURES

CLASSES = {"I": "I: input", "C": "C: calculation", "O": "O: result", "K": "K: control"}
SENTENCE_LINE = 130  # letters of the sentence that fit the width of the page
WIDTHS = (34, 26, 22, 22, 22, 22, 22)


class AnswerSheet:
    """Writes the first sheet, row by row."""

    def __init__(self, report: Report, results: ResultsAt, coherence: tuple[Formula, Formula]):
        self.report, self.results, self.coherence = report, results, coherence
        self.sheet = report.sheet("Answer")
        self.styles = report.styles
        self.row = 0

    def write(self) -> None:
        """All of it."""
        report = self.report
        self.widths = [*WIDTHS, *[WIDTHS[-1]] * (len(report.names) + 2 - len(WIDTHS))]
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)
        self.sheet.set_row(0, 30)
        self.sheet.write_string(
            0, 0, report.definition.about.title, self.styles.make(bold=True, font_size=18, font_color=DARK)
        )
        self.row = 3
        self._answer(self.results.answer)
        for line in self.coherence:
            self._line(line)
        structures = report.results.of(Structures)
        if structures is not None:
            self._run_lines(structures.words(), STRUCTURES.name, "range between structures")
        if report.psa is not None:
            words = report.psa.summary(report.psa.curves_against_base_case)
            self._run_lines(words, PSA_RESULTS.name, "probabilistic analysis")
        self._key_figures()
        self._facts("Facts of the run", run_facts(self.report), stored=False)
        self._facts("Decision problem", problem_facts(self.report))
        self._facts("Conventions in force", convention_facts(self.report))
        self._colours()
        self._contents()
        set_up_page(self.sheet, report.definition.about.title)
        self.sheet.set_footer(f"&L&8&A&C&8{report.run_words}&R&8Page &P of &N")
        self.sheet.set_tab_color(TAB_CONTROL)
        self.sheet.print_area(0, 0, self.row, len(self.widths) - 1)
        self.sheet.freeze_panes(2, 0)
        self.sheet.repeat_rows(0, 1)
        self.sheet.activate()
        self.sheet.set_first_sheet()

    def _text(self, text: str, style: Any = None, length: int = LINE_LENGTH) -> None:
        for line in textwrap.wrap(text, length):
            self.sheet.write_string(self.row, 0, line, style or self.styles.make())
            self.row += 1

    def _run_lines(self, text: str, sheet: str, what: str) -> None:
        """Lines about what the run stored: other words stand in their place while these inputs are not those of the run."""
        other = (
            f"The {what} is of {run_label(self.report)}, not of the inputs shown: see the sheet {sheet}, or run the model "
            "with these inputs."
        )
        style = self.styles.make(font_size=10)
        lines = [line for paragraph in text.split("\n") for line in textwrap.wrap(paragraph, LINE_LENGTH)]
        for line in lines:
            made = only_as_run(formula_of(line), formula_of(other))
            self.sheet.write_formula(self.row, 0, f"={made.text}", style, line)
            self.row += 1
            other = ""

    def _answer(self, sentence: Formula) -> None:
        """The sentence, live: it stands in one cell over the width of the page."""
        style = self.styles.make(bold=True, font_size=12, font_color=DARK, text_wrap=True)
        last = len(self.widths) - 1
        self.sheet.merge_range(self.row, 0, self.row, last, "", style)
        text = f"=IFERROR({sentence.text},{no_answer()})"
        self.sheet.write_formula(self.row, 0, text, style, sentence.value)
        lines = 1 + math.ceil(len(str(sentence.value)) / SENTENCE_LINE)  # one more: the sentence follows the inputs
        self.sheet.set_row(self.row, max(50.0, 17.0 * lines))
        self.row += 1

    def _line(self, words: Formula) -> None:
        """A live line over the width of the page, below the sentence."""
        style = self.styles.make(font_size=10, text_wrap=True, valign="top")
        self.sheet.merge_range(self.row, 0, self.row, len(self.widths) - 1, "", style)
        self.sheet.write_formula(self.row, 0, f"={words.text}", style, words.value)
        self.sheet.set_row(self.row, 15.0 * math.ceil(len(str(words.value)) / LINE_LENGTH) + 3)
        self.row += 1

    def _heading(self, text: str, stored: bool = False) -> None:
        """A heading; ``stored``: what follows is text of the run, and the heading says so once the inputs are others."""
        self.row += 1
        self.sheet.set_row(self.row, 20)
        self._words(text, stored, self.styles.table_title)
        for column in range(1, len(self.widths)):
            self.sheet.write_blank(self.row, column, None, self.styles.title_line)
        self.row += 1

    # ---- key figures ---------------------------------------------------------------------------------------------

    def _key_figures(self) -> None:
        report = self.report
        self._heading("Key figures per patient, discounted")
        heads = ["", *report.names, "Increment"]
        for column, head in enumerate(heads):
            self.sheet.write_string(self.row, column, head, header_style(self.styles, column > 0))
        for outcome, words in (("life_years", "Life years"), ("qalys", "QALYs"), ("costs", f"Cost, {report.currency}")):
            self.row += 1
            keys = [*range(len(report.names)), "increment"]
            self._label(words)
            kind = {"life_years": "years", "qalys": "qalys", "costs": "money"}[outcome]
            for i, key in enumerate(keys):
                shown = kind if key != "increment" else "extra" if outcome == "costs" else "gain"
                self._result(1 + i, self.results.totals[outcome, key], shown)
        last = 1 + len(report.names)
        self.row += 1
        self._label(f"ICER, {report.currency} per QALY gained")
        self._result(last, self.results.icer, "money")
        for threshold, cell in zip(self.results.thresholds, self.results.inmb, strict=True):
            self.row += 1
            start, end = (f"Incremental net monetary benefit at {report.currency} ", f" per QALY, {report.currency}")
            words = f'="{start}"&{number_as_text(threshold, 0).text}&"{end}"'
            self.sheet.write_formula(self.row, 0, words, self.styles.make(), f"{start}{threshold.value:,.0f}{end}")
            self._result(last, cell, "extra")
        self._of_all_options()
        self._probabilistic(last)
        self.row += 1
        self._text(f"Increment: {report.increment}. Links to the sheet Results.", self.styles.explanation)

    def _of_all_options(self) -> None:
        """With three or more options: the status of each in the fully incremental analysis, and which is the best."""
        report = self.report
        if len(report.names) == 2:
            return
        self.row += 1
        self._label("Fully incremental analysis")
        for i, cell in enumerate(self.results.status):
            self._result(1 + i, cell, "text")
        for threshold, cell in zip(self.results.thresholds, self.results.preferred, strict=True):
            self.row += 1
            start, end = f"Highest net benefit at {report.currency} ", " per QALY"
            words = f'="{start}"&{number_as_text(threshold, 0).text}&"{end}"'
            self.sheet.write_formula(self.row, 0, words, self.styles.make(), f"{start}{threshold.value:,.0f}{end}")
            self._result(1 + len(report.names), cell, "text")

    def _probabilistic(self, column: int) -> None:
        psa = self.report.psa
        if psa is None:
            return
        for threshold in self.report.definition.decision_thresholds() or self.report.thresholds:
            at = f"at {self.report.currency} {threshold:,.0f} per QALY"
            name = self.report.names[self.report.positions[1]]
            probability = psa.probability_cost_effective(threshold)
            evpi = float(psa.evpi([threshold])["evpi"].iloc[0])
            words = f"Probability that {name} is cost-effective {at}"
            self.row += 1
            self._label(words, stored=True)
            shown = chance(probability, certain=evpi == 0)
            number_format = FORMATS["chance"] if shown[0].isdigit() else f'"{shown}"'
            style = self.styles.plain(number_format, align="right")
            self.sheet.write_number(self.row, column, clean(probability), style)
            self.row += 1
            self._label(f"EVPI per patient {at}, {self.report.currency}", stored=True)
            self._result(column, evpi, "price" if evpi == 0 or evpi >= 0.005 else "any")

    def _label(self, text: str, stored: bool = False) -> None:
        self._words(text, stored, self.styles.make())

    def _words(self, text: str, stored: bool, style: Any) -> None:
        if not stored:
            self.sheet.write_string(self.row, 0, text, style)
            return
        self.sheet.write_formula(self.row, 0, f"={of_run(self.report, text).text}", style, text)

    def _result(self, column: int, value: Any, kind: str) -> None:
        style = (
            self.styles.output(FORMATS[kind], "right")
            if isinstance(value, Formula)
            else self.styles.plain(FORMATS[kind], align="right")
        )
        if isinstance(value, Formula):
            self.sheet.write_formula(self.row, column, f"={value.text}", style, value.value)
        elif isinstance(value, str):
            self.sheet.write_string(self.row, column, value, style)
        else:
            self.sheet.write_number(self.row, column, clean(value), style)

    # ---- facts ---------------------------------------------------------------------------------------------------

    def _facts(self, title: str, facts: dict[str, str], stored: bool = True) -> None:
        if not facts:
            return
        self._heading(title, stored=stored)
        for label, text in facts.items():
            self.sheet.write_string(self.row, 0, label, self.styles.make(bold=True))
            for line in textwrap.wrap(text, 140) or [""]:
                self.sheet.write_string(self.row, 1, line, self.styles.make())
                self.row += 1

    # ---- key and contents ----------------------------------------------------------------------------------------

    def _colours(self) -> None:
        self._heading("Letters and colours")
        for letter, style, text in (
            (
                "I",
                self.styles.input(),
                "Input: yellow with blue type, on the input sheets; change one and every [C] and [O] cell follows",
            ),
            (
                "C",
                self.styles.calculation(),
                "Calculation: formulas between the inputs and the results, on the sheets of class C",
            ),
            (
                "O",
                self.styles.output(),
                "Result by a formula over other cells of this workbook: select it to see where it comes from",
            ),
            (
                "S",
                self.styles.plain(),
                "Result stored by the run named above; it does not change with the workbook until the model runs again",
            ),
            ("K", self.styles.plain(), "Control: the way round the workbook, its checks, and what is not live"),
        ):
            self.sheet.write_string(self.row, 0, letter, style)
            self.sheet.write_string(self.row, 1, text, self.styles.make())
            self.row += 1

    def _contents(self) -> None:
        self._heading("Contents")
        fills = {"I": self.styles.input(), "C": self.styles.calculation(), "O": self.styles.output()}
        fills["K"] = self.styles.plain()
        for entry in [*self.report.input_entries, *self.report.entries]:
            self.sheet.write_url(self.row, 0, f"internal:'{entry.name}'!A1", self.styles.link, entry.name)
            self.sheet.write_string(self.row, 1, CLASSES[entry.sheet_class], fills[entry.sheet_class])
            self.sheet.write_string(self.row, 2, entry.purpose, self.styles.make())
            self.row += 1
