"""The coherence report of a base case: implied hazards, flags, where rules bind, and what arises beyond the evidence."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pandas as pd

from model.analysis.coherence.beyond import shares_beyond
from model.analysis.coherence.flag_words import comments, sentence, summary
from model.analysis.coherence.stretches import Stretch, longest_stretch
from model.analysis.columns.coherence import FLAGS, HAZARD_NAMES, IMPLIED_HAZARDS, RULES_IN_FORCE
from model.analysis.shown_result import ShownResult
from model.arrays import Array
from model.constants import MONTHS_PER_YEAR
from model.definition.model_definition import ModelDefinition
from model.definition.records.coherence import OPPOSITE_HAZARDS, REPAIR_MOVES
from model.definition.sampling.draws import Draws
from model.engine.binding import REPAIR, RULES, Binding
from model.engine.coherence import CoherenceRules, Judged, Seen, family_cycles
from model.engine.curve_steps import before_repair
from model.engine.engine import Engine
from model.engine.implied_hazards import ImpliedHazards, cycle_that_holds
from model.engine.trace import Trace, in_use

REPORT_YEARS = (1, 3, 5, 10, 15, 20)
FEWEST = 1e-3
"""Share of the patients in a state below which its mortality is not told."""
REPAIRS = {"cap_pfs": "PFS lowered to OS", "hazard": "PFS hazard raised to the OS hazard", "raise_os": "OS raised to PFS"}
HAZARDS = tuple(HAZARD_NAMES)


@dataclasses.dataclass(frozen=True)
class Coherence(ShownResult):
    """What one draw's curves imply, arm by arm. Made by :func:`coherence_of`."""

    TITLE = "Coherence of PFS and OS"
    COLUMNS = ("arm", "flag", "value", "limit", "raised")
    REST = "flags()"

    definition: ModelDefinition
    rules: CoherenceRules
    traces: Mapping[str, Trace]
    draw: Draws

    def hazards(self) -> pd.DataFrame:
        """Events per patient-year in the cycle that holds each of the years 1, 3, 5, 10, 15 and 20 within the horizon.

        Death before progression is the larger of the death share of PFS events and the general population's hazard;
        progression is the rest of the PFS hazard, death after progression the rest of all deaths. ``..._by_death_share``:
        without the general population. nan while fewer than 0.1% of the patients are in the state.
        """
        arms = self.definition.arm_ids
        rows = [{"arm": self._label(arm), "year": y, **self.hazards_at(arm, y)} for arm in arms for y in self.years()]
        return IMPLIED_HAZARDS.frame(rows)

    def years(self) -> list[int]:
        """The years of the report, within the horizon."""
        return [y for y in REPORT_YEARS if y <= self.rules.timeline.years[-1] + 1e-9]

    def hazards_at(self, arm: str, year: float) -> dict[str, float]:
        """One row of :meth:`hazards`, of any year within the horizon."""
        timeline, h = self.rules.timeline, self._implied[arm]
        at = cycle_that_holds(year, timeline.cycle_years, timeline.n_cycles) - 1
        free, progressed = float(h.progression_free[0, at]), float(h.progressed[0, at])
        before = (h.progression, h.death_before, h.death_before_by_share)
        after = (h.death_after, h.death_after_by_share)
        told = [float(x[0, at]) if free >= FEWEST else np.nan for x in before]
        told += [float(x[0, at]) if progressed >= FEWEST else np.nan for x in after]
        told.append(np.nan if h.population is None else float(h.population[at]))
        return {"progression_free": free, "progressed": progressed, **dict(zip(HAZARDS, told, strict=True))}

    def judged(self, arm: str) -> dict[str, Judged]:
        """Every flag of an arm, cycle by cycle."""
        return self._judged[arm]

    def flags(self) -> pd.DataFrame:
        """Every flag of every arm: value (nan: nothing to judge), limit, whether it is raised; the longest stretch of time in
        which its rule is broken, the months of all of them, its sentence and its comment ("" where it is
        not raised)."""
        rows = []
        for arm in self.definition.arm_ids:
            for flag, found in self._judged[arm].items():
                stretch, raised = self._stretch(arm, flag, found), bool(found.raised[0])
                value = float(found.worst[0])
                words = (self._sentence(arm, found, stretch, value), found.limit.comment) if raised else ("", "")
                row = (found.limit.limit, raised, stretch.since, stretch.until, stretch.months, *words)
                rows.append((self._label(arm), flag, value, *row))
        return FLAGS.frame(rows)

    def rules_in_force(self) -> pd.DataFrame:
        """Where each rule moves a curve: the floor under OS and under PFS, and the repair of crossing; nan: nowhere."""
        rows = []
        for arm, trace in self.traces.items():
            for name in RULES:
                found = trace.binding.get(name)
                where = (np.nan, 0.0, 0.0) if found is None else _first(found)
                rows.append((self._label(arm), self._rule_words(name), found is not None, *where))
        return RULES_IN_FORCE.frame(rows)

    def beyond(self) -> pd.DataFrame:
        """Shares of the incremental life years, QALYs and costs that arise beyond the follow-up, and once PFS has met OS."""
        return shares_beyond(self.definition, self.traces)

    def sentences(self) -> list[str]:
        """One sentence per flag that is raised."""
        return [words for words in self.flags()["in_words"] if words]

    def line(self) -> str:
        """Do the curves hang together? In one line."""
        raised = [(arm, flag) for arm, found in self._judged.items() for flag, one in found.items() if one.raised[0]]
        named = [flag for flag in self.rules.names if flag in {f for _, f in raised}]
        return summary(named, len(raised), int(self.flags()["value"].notna().sum()))

    def comments(self) -> str:
        """What the inputs say of the flags that are raised in some arm, in one line; "" where they say nothing."""
        raised = {flag for found in self._judged.values() for flag, one in found.items() if one.raised[0]}
        return comments({f: self.rules.limits[f].comment for f in self.rules.names if f in raised})

    @cached_property
    def _seen(self) -> dict[str, Seen]:
        found = {}
        for arm, trace in self.traces.items():
            moved, c = float(trace.binding[REPAIR].largest_moved[0]), trace.columns
            found[arm] = Seen.of_curves(c["PFS"], c["OS"], moved, self.rules.boundaries[arm])
        return found

    @cached_property
    def _judged(self) -> dict[str, dict[str, Judged]]:
        return {arm: self.rules.judge(arm, seen, self.draw) for arm, seen in self._seen.items()}

    @cached_property
    def _implied(self) -> dict[str, ImpliedHazards]:
        return {arm: self.rules.hazards(arm, seen, self.draw) for arm, seen in self._seen.items()}

    def _stretch(self, arm: str, flag: str, found: Judged) -> Stretch:
        months = self.rules.timeline.months[self.rules.ends]
        if found.over_time:
            return longest_stretch(found.broken[0], months if found.at is None else months[found.at])
        if flag == OPPOSITE_HAZARDS and (ends := family_cycles(self.rules.timeline)) is not None:
            since, until = self.rules.timeline.months[ends]
            return Stretch(float(since), float(until), float(until - since))
        if flag == REPAIR_MOVES:
            moved = _moved(self.definition, self.traces[arm].columns)
            return longest_stretch(moved[1:] > found.limit.limit, months)
        return longest_stretch(np.zeros(1, dtype=np.bool_), months)

    def _sentence(self, arm: str, found: Judged, stretch: Stretch, value: float) -> str:
        numbers = {"value": value, "limit": found.limit.limit, "years": found.limit.years or 0.0}
        numbers |= {"since": stretch.since / MONTHS_PER_YEAR, "until": stretch.until / MONTHS_PER_YEAR}
        return sentence(found.limit.flag, self._label(arm), numbers)

    def _rule_words(self, name: str) -> str:
        return f"repair: {REPAIRS[self.definition.settings.crossing]}" if name == REPAIR else name

    def _label(self, arm: str) -> str:
        return self.definition.arm(arm).short_label

    def shown_table(self) -> pd.DataFrame:
        """Every flag."""
        return self.flags()

    def shown_words(self) -> list[str]:
        """The flags that are raised."""
        return [self.line(), *self.sentences()]


def _first(found: Binding) -> tuple[float, float, float]:
    """Where a rule binds in the only draw."""
    return float(found.first_month[0]), float(found.share_of_cycles[0]), float(found.largest_moved[0])


def _moved(definition: ModelDefinition, columns: Mapping[str, Array]) -> Array:
    """The largest share of the patients by which the repair moves a curve, at every boundary."""
    moves = [np.abs(columns[in_use(e)] - columns[before_repair(e)]) for e in definition.endpoints]
    return np.asarray(np.max(moves, axis=0))


def coherence_of(engine: Engine, traces: Mapping[str, Trace], draw: Draws) -> Coherence:
    """The report of one draw from its traces: every cycle is looked at."""
    rules = CoherenceRules(engine.definition, engine.timeline, engine.states, every_cycle=True)
    return Coherence(engine.definition, rules, traces, draw)
