"""The analyses of a run, one after another, each as it declares itself; a file is loaded when its analysis is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any

from model.analysis.analysis import Analysis, Asked, Results, RunSettings, Tables
from model.choices import ANALYSES
from model.definition.model_definition import ModelDefinition

Step = Callable[[str, int, str], AbstractContextManager[Callable[[int], None]]]
"""Opens a step of a run by its name, number of parts and words; gives what is told of the parts done."""


def analysis_of(name: str) -> Analysis[Any]:
    """An analysis by the word that asks for it. Raises KeyError for another word."""
    declared: Analysis[Any] = import_module(ANALYSES[name]).ANALYSIS
    return declared


def analyse(
    definition: ModelDefinition,
    only: Sequence[str],
    settings: RunSettings,
    step: Step,
    take: Callable[[object], None] = lambda _: None,
) -> Results:
    """Run the analyses asked for, those they rest on among them, in their order. ``take`` is handed each result when it is
    found."""
    results = Results()
    for analysis in (analysis_of(name) for name in ANALYSES if name in only):
        with step(analysis.task, analysis.steps(definition, settings), analysis.words(definition, settings)) as done:
            for found in analysis.run(Asked(definition, results, settings, done)):
                results.add(found)
                take(found)
    return results


def seconds_of(definition: ModelDefinition, only: Sequence[str], settings: RunSettings) -> dict[str, float]:
    """About how long each analysis asked for takes, by what its step is called."""
    asked = [analysis_of(name) for name in ANALYSES if name in only]
    return {analysis.task: analysis.seconds(definition, settings) for analysis in asked}


def found_in(results: Results) -> list[Analysis[Any]]:
    """The analyses that gave a result, in their order."""
    return [analysis for analysis in map(analysis_of, ANALYSES) if analysis.result in results]


def all_tables(results: Results) -> Tables:
    """Every table of a run by file stem, made when called; where two analyses make one, the later stands."""
    found: Tables = {}
    for analysis in found_in(results):
        found |= analysis.tables_of(results)
    return found


def all_lines(results: Results) -> list[str]:
    """The results of a run as lines for the console."""
    return [line for analysis in found_in(results) for line in analysis.lines_of(results)]


def named_results(named: Mapping[str, object]) -> Results:
    """Results under the words of their analyses. Raises TypeError for another word, or a result of another class."""
    results = Results()
    for name, item in named.items():
        if name not in ANALYSES:
            raise TypeError(f"no analysis is called '{name}'; there are {', '.join(ANALYSES)}")
        wanted = analysis_of(name).result
        if item is not None and not isinstance(item, wanted):
            raise TypeError(f"'{name}' takes a {wanted.__name__}, not a {type(item).__name__}")
        results.add(item)
    return results
