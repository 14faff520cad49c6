"""``template``: the starter workbook."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from model.choices import STARTER_ANSWERS
from model.cli.called import program
from model.cli.refused import refuse
from model.cli.starter_questions import asked_on_a_terminal
from model.excel import write_template
from model.excel.inputs.errors import file_problem
from model.excel.template.asked import Asked, asked_for
from model.excel.template.blank import write_starter


def template_command(file: Path, answers: Mapping[str, str | None], *, example: bool = False) -> int:
    """Write the starter workbook; an existing file is never overwritten. ``answers``: options as typed, None where left out.
    Raises InputError or OutputError."""
    if os.path.lexists(file):
        raise file_problem(f"'{file}' exists already; choose another name")
    if file.suffix.lower() != ".xlsx":
        raise file_problem(f"'{file}' must end in .xlsx")
    given = {name: text for name, text in answers.items() if text is not None}
    if example and given:
        return refuse(f"--example takes no other options, such as --{next(iter(given))}")
    if not given and (example or not sys.stdin.isatty()):
        write_template(file)
        print(f"{file} written, an example. Change the yellow cells, then: {program()} check {file}; {program()} {file}")
        return 0
    try:
        asked = asked_for(**{**STARTER_ANSWERS, **given}) if given else asked_on_a_terminal()
    except ValueError as error:
        return refuse(str(error))
    except EOFError:
        return refuse("no answer came, so no workbook was written; type the options in place of answers: template --help")
    write_starter(asked, file)
    print(_words(asked, file))
    return 0


def _words(asked: Asked, file: Path) -> str:
    arms, drugs = (", ".join(one.label for one in group) for group in (asked.arms, asked.drugs))
    return (
        f"{file} written: {len(asked.arms)} arms ({arms}), {len(asked.drugs)} drugs ({drugs}), amounts in {asked.currency}.\n"
        f"What is still to be filled in: {program()} check {file}\nWhen nothing is missing: {program()} {file}"
    )
