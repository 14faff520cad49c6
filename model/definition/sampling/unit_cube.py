"""The unit cube behind a definition: a column of uniform numbers for every random stream that sampling asks for.

A point of the cube is one draw, by the inverse transforms of the probabilistic analysis. A design of points (Saltelli,
Morris) thereby explores exactly the distributions that the probabilistic analysis samples.
"""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from model.arrays import Array
from model.definition.labels import all_labels
from model.definition.model_definition import ModelDefinition
from model.definition.records.input_draws import INPUT_ROWS
from model.definition.records.names import endpoint_words
from model.definition.sampling.draws import BOOTSTRAP_STREAM, Draws, draws_from_uniforms
from model.definition.shares import dirichlet_groups
from model.definition.structure import after_id

AGAIN = re.compile(r"(.*)\.again(\d+)\.(\d+)")
COEFFICIENT = re.compile(r"(curves\..*)\.\d+")
GOLDEN = (np.sqrt(5.0) - 1) / 2
SMALLEST, LARGEST = 2.0**-54, 1 - 2.0**-53


@dataclasses.dataclass(frozen=True)
class UnitCube:
    """Columns of the unit cube: ``streams`` names the random stream of each, ``groups`` the input that it belongs to.

    An input is a parameter, a curve with all coefficients that were estimated together, a set of shares that sum to
    one (named after the first of them), or all that was drawn together elsewhere, of which a point takes one row.
    ``members``: ids in the draws by input.
    """

    definition: ModelDefinition
    streams: tuple[str, ...]
    groups: tuple[str, ...]
    members: dict[str, tuple[str, ...]]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Each input once, in the order of its first column."""
        return tuple(dict.fromkeys(self.groups))

    def labels(self) -> dict[str, str]:
        """The inputs in words."""
        words = all_labels(self.definition)
        drugs = self.definition.drug_labels
        found = {}
        for name in self.inputs:
            kind, _, endpoint = name.removeprefix("curves.").partition(".")
            others = len(self.members[name]) - 1
            if name in words:
                found[name] = f"{words[name]} and {others} more of its group" if others > 0 else words[name]
            elif name == INPUT_ROWS:
                assert self.definition.input_draws is not None
                found[name] = f"Draws from {self.definition.input_draws.source}, row by row"
            elif name == BOOTSTRAP_STREAM:
                found[name] = "All fitted curves, by resampled patients"
            else:
                what = "Choice of the curve" if kind == "choice" else "Curves fitted jointly"
                found[name] = f"{what}: {endpoint_words(endpoint, drugs)}"
        return found

    def draws(self, points: Array, threads: int | None = None) -> Draws:
        """The draws at points ``(n_points, n_columns)`` of the unit cube; a function of the points alone."""
        column = {key: i for i, key in enumerate(self.streams)}
        inside = np.clip(points, SMALLEST, LARGEST)

        def uniform_of(key: str) -> Array:
            if key in column:
                return np.ascontiguousarray(inside[:, column[key]])
            again = AGAIN.fullmatch(key)  # a curve that cannot be is drawn again, elsewhere on the same axes
            assert again is not None
            first = inside[:, column[f"{again[1]}.{again[3]}"]]
            moved: Array = np.clip((first + int(again[2]) * GOLDEN) % 1.0, SMALLEST, LARGEST)
            return moved

        return draws_from_uniforms(self.definition, uniform_of, len(points), threads)


def unit_cube(definition: ModelDefinition) -> UnitCube:
    """The unit cube of a definition. It has no columns where nothing is uncertain."""
    asked: list[str] = []

    def note(key: str) -> Array:
        if key not in asked and not AGAIN.fullmatch(key):
            asked.append(key)
        return np.full(2, 0.5)

    varying = draws_from_uniforms(definition, note, 2, threads=1).varying()
    shares = {name: group for group in dirichlet_groups(definition) for name in group}
    groups, members = [], {}
    for key in asked:
        coefficient = COEFFICIENT.fullmatch(key)
        name = coefficient[1] if coefficient else shares.get(key, [key])[0]
        groups.append(name)
        elsewhere = sorted(definition.drawn_elsewhere) if key == INPUT_ROWS else _ids_of(name, varying)
        members[name] = tuple(shares.get(name, elsewhere))
    return UnitCube(definition, tuple(asked), tuple(groups), members)


def _ids_of(name: str, varying: list[str]) -> list[str]:
    """Ids in the draws that a stream feeds: itself, or the curves of an endpoint or of all that share it."""
    arm, _, endpoint = name.removeprefix("curves.").rpartition(".")
    own = [v for v in (name, after_id(arm)) if v in varying and (v == name or endpoint == "os")]
    if own:
        return own
    curves = [v for v in varying if v.startswith("curves.")]
    # of curves.joint.os, curves.choice.os
    return curves if name == BOOTSTRAP_STREAM else [v for v in curves if v.endswith(f".{endpoint}")]
