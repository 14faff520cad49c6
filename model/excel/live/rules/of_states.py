"""What a state-transition model asks of the inputs: the refusals of :mod:`model.definition.checks.state_transition`."""

from __future__ import annotations

from collections.abc import Iterator

from model.definition.curves.after_progression import reference_arm
from model.definition.curves.effective_numbers import POINTS
from model.definition.model_definition import address_of
from model.definition.records.arms import Regimen
from model.definition.records.settings import STATE_TRANSITION
from model.excel.formulas.formula import Formula
from model.excel.live.bench import Bench

OF_OS = "State transition: OS is survival from any cause"
OF_PFS = "State transition: where an effect on PFS wanes as treatment ends, no drug of that arm alone is given until death"
RATIO = "State transition, link hazard_ratio: each arm but that of reference has a relative effect on OS"
KIND = "State transition, link hazard_ratio: the relative effect on OS is a hazard ratio"
FOLLOW_UP = "State transition, link hazard_ratio: the median follow-up lies within the horizon"
KNOWN = "State transition: the published OS has as many medians and landmarks as survival after progression has coefficients"


def state_rules(bench: Bench) -> Iterator[tuple[str, str, Formula]]:
    """The rules, each kept where the structure in use is another."""
    inputs = bench.inputs
    states = f'{inputs["settings.structure"].text}="{STATE_TRANSITION}"'
    for curve in bench.definition.curves:
        where = f"curves.{curve.arm}.{curve.endpoint}"
        waning, mortality = (inputs[f"{where}.{f}"].text for f in ("waning", "mortality"))
        if curve.endpoint == "os":
            yield OF_OS, where, _broken(states, f'{mortality}="excess"')
        elif curve.endpoint == "pfs":
            until_death = ",".join(["FALSE", *(_until_death(bench, where, r) for r in bench.definition.regimen(curve.arm))])
            yield OF_PFS, where, _broken(states, f'AND({waning}="treatment_end",OR({until_death}))')
    yield from _link(bench, states)
    for arm in bench.definition.arm_ids:
        yield KNOWN, f"curves.{arm}.os", _unknown(bench, states, arm)


def _until_death(bench: Bench, where: str, regimen: Regimen) -> str:
    """Is a drug given until death, and not to the reference arm of the curve as well?"""
    inputs = bench.inputs
    alike = {r.arm for r in bench.definition.regimens if r.drug == regimen.drug} - {regimen.arm}
    others = "".join(f',{inputs[f"{where}.reference_arm"].text}<>"{arm}"' for arm in sorted(alike))
    until = inputs[f"{address_of('regimens', regimen)}.until"].text
    return f'AND({until}="death"{others})'


def _link(bench: Bench, states: str) -> Iterator[tuple[str, str, Formula]]:
    inputs = bench.inputs
    by_ratio = f'{states},{inputs["settings.link_between_arms"].text}="hazard_ratio"'
    reference = reference_arm(bench.definition)
    have = {e.arm for e in bench.definition.relative_effects if e.endpoint == "os"}
    for arm in bench.definition.arm_ids:
        if arm not in have and arm != reference:
            yield RATIO, f"arms.{arm}", _broken(by_ratio, "TRUE")
    for curve in bench.definition.curves:
        if curve.endpoint == "os" and curve.arm != reference:
            source, effect = (inputs[f"curves.{curve.arm}.os.{f}"].text for f in ("source", "effect"))
            other = f'AND({source}="relative_effect",{effect}<>"hazard_ratio")'
            yield KIND, f"curves.{curve.arm}.os", _broken(by_ratio, other)
    month, years = inputs["settings.median_follow_up"].text, inputs["settings.horizon_years"].text
    cycle = inputs["settings.cycle_days"].text
    end = f"MAX(1,ROUND({years}*days_per_year/{cycle},0))*{cycle}/days_per_month"
    late = f"IF(ISNUMBER({month}),{month}>{end},TRUE)"
    yield FOLLOW_UP, "settings.median_follow_up", _broken(by_ratio, late)


def _unknown(bench: Bench, states: str, arm: str) -> Formula:
    """1 where an arm has coefficients of its own and too few statistics of its OS, or of that of all arms, are in use."""
    inputs = bench.inputs
    link = inputs["settings.link_between_arms"].text
    needed = f'IF({inputs["settings.after_progression"].text}="exponential",1,2)'
    own, together = _points(bench, (arm,)), _points(bench, bench.definition.arm_ids)
    counted = f'IF({link}="common",{together},{own})'
    has_own = "TRUE" if arm == reference_arm(bench.definition) else f'{link}="own"'
    return _broken(f"{states},{has_own}", f"{counted}<{needed}")


def _points(bench: Bench, arms: tuple[str, ...]) -> str:
    """How many medians and landmarks of OS are in use."""
    rows = [e for e in bench.definition.evidence if e.endpoint == "os" and e.arm in arms and e.statistic in POINTS]
    used = (bench.inputs[f"{address_of('evidence', row)}.use"].text for row in rows)
    return "+".join(f'IF({cell}="yes",1,0)' for cell in used) if rows else "0"


def _broken(where: str, condition: str) -> Formula:
    return Formula(f"IF(AND({where}),IF({condition},1,0),0)", 0.0)
