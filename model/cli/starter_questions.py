"""What ``template`` asks on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from model.choices import PROFILE_WORDS, STARTER_ANSWERS, STARTER_CURVES, STARTER_DRUGS
from model.excel.template.asked import Asked, asked_for

QUESTIONS: Mapping[str, str] = {
    "arms": "Names of the arms, separated by commas; the comparator first, the intervention last",
    "drugs": "Names of the drugs, each perhaps with =KIND (" + ", ".join(STARTER_DRUGS) + "), such as Old=per_m2, New=oral",
    "regimens": "Drugs of each arm, such as Arm A=Old, Arm B=Old+New; empty: as listed, or filled in later",
    "curves": "Curves come from (" + ", ".join(STARTER_CURVES) + "); one for all arms, or one for each",
    "endpoints": "Endpoints; a drug named as well has a curve of its own for the time on it; others make further states, "
    "from the lowest curve to the highest, such as response=Response, pfs=Stable disease, os=Progressed",
    "events": "Names of the adverse events; empty: none",
    "currency": "Currency",
    "profile": "Agency (" + ", ".join(PROFILE_WORDS) + ")",
}


def asked_on_a_terminal(ask: Callable[[str], str] = input) -> Asked:
    """Ask one question after another; an answer that cannot be used is asked for again. EOFError where no answer comes."""
    answers = dict(STARTER_ANSWERS)
    print("A starter workbook: answer, or press Enter for what stands in brackets.")
    for name, question in QUESTIONS.items():
        while True:
            default = STARTER_ANSWERS[name]
            typed = ask(f"{question} [{default}]: ").strip()
            tried = {**answers, name: typed or default}
            try:
                _possible(tried, name)
            except ValueError as error:
                print(f"  {error}", file=sys.stderr)
                continue
            answers = tried
            break
    return asked_for(**answers)


def _possible(answers: Mapping[str, str], asked: str) -> None:
    """Raise ValueError where the answers up to the one asked for last cannot be used together."""
    names = list(QUESTIONS)
    known = {name: answers[name] if names.index(name) <= names.index(asked) else STARTER_ANSWERS[name] for name in names}
    asked_for(**known)
