"""heRoMod's replication of NICE TA447: Kaplan-Meier curves, then published tails whose clock restarts."""

from __future__ import annotations

import dataclasses
from typing import Any

from model.definition import (
    Administration,
    Arm,
    Care,
    Coefficient,
    Curve,
    Drug,
    EndOfLife,
    ModelDefinition,
    Parameter,
    PopulationItem,
    Product,
    SurvivalTableRow,
    Threshold,
    Utility,
)
from model.definition.records.arms import Regimen
from tests.helpers.small_models import model
from tests.helpers.typed_models import printed_curve
from tests.published.parts import FIRST_VERSION, about, accruing, cited, conventions, derived, printed, quoted
from tests.published.published import Digits, Published
from tests.published.ta447_curves import KAPLAN_MEIER
from tests.published.ta447_events import EVENTS, Event
from tests.published.ta447_standard_care import ADMINISTRATION, SOURCE, THREE_WEEKS, WEEK, standard_care

REFERENCE = cited(
    SOURCE,
    "PolicyAnalysisInc: heRoMod, R package (GPL >= 3), inst/compat/ta447.json: inputs, base case and trace of a replication "
    "of NICE TA447 (pembrolizumab for untreated PD-L1-positive metastatic non-small-cell lung cancer)",
    "https://github.com/PolicyAnalysisInc/heRoMod",
    "2026-11",
)
WEEKS = 1040
MONTH = 365 / 12  # days
CUTS = {"pfs": 9 * WEEK / MONTH, "os": 22 * WEEK / MONTH}
"""Months at which the tails begin: weeks 9 and 22."""
TAILS: dict[tuple[str, str], tuple[str, dict[str, float]]] = {
    ("pembro", "pfs"): ("weibull", {"shape": 0.671, "scale": 26.041}),
    ("pembro", "os"): ("exponential", {"rate": 0.0261}),
    ("soc", "pfs"): ("weibull", {"shape": 0.933, "scale": 6.576}),
    ("soc", "os"): ("exponential", {"rate": 0.0675}),
}
UNITS = {"shape": "", "scale": "months", "rate": "per month"}
FREE, PROGRESSED, DISUTILITY, DAYS_LOST = 0.778, 0.668, 0.074, 31.5


def curve(arm: str, endpoint: str) -> tuple[Curve, list[Coefficient]]:
    """The tail, which counts time from the end of the Kaplan-Meier curve."""
    distribution, values = TAILS[arm, endpoint]
    coefficients = {name: quoted(value, SOURCE, unit=UNITS[name]) for name, value in values.items()}
    return printed_curve(
        arm,
        endpoint,
        distribution,
        "flexsurv",
        "months",
        coefficients,
        km_until=CUTS[endpoint],
        tail_clock="restarts",
        notes=f"Kaplan-Meier until week {9 if endpoint == 'pfs' else 22}, as digitised in the source; then "
        "apply_shift: the tail counts time from there.",
    )


def steps(arm: str, endpoint: str) -> tuple[SurvivalTableRow, ...]:
    """The points of the source as corners of steps, up to the one beyond the cut."""
    rows, before = [], 1.0
    for time, survival in KAPLAN_MEIER[arm, endpoint]:
        corners = (before, survival) if before > survival else (survival,)
        rows += [SurvivalTableRow(arm=arm, endpoint=endpoint, time=time, survival=s) for s in corners]
        before = survival
    return tuple(rows)


def ages() -> tuple[PopulationItem, ...]:
    """Of the source; nothing depends on them."""
    values = (("start_age", 65.0, "years", "mean_age."), ("female_share", 0.354, "", "pct_female."))
    return tuple(PopulationItem(item=item, parameter=quoted(v, SOURCE, note, unit=unit)) for item, v, unit, note in values)


def lost(arm: str) -> Parameter:
    """What all adverse events take from the utility of the first week."""
    events = sum(event.probability(arm) for event in EVENTS)
    words = f"{events:.3f} events x 0.074 x 31.5 days / 7: the source takes all of it in week 1 from those progression-free."
    return derived(events * DISUTILITY * DAYS_LOST / WEEK, SOURCE, words)


def utilities() -> tuple[Utility, ...]:
    """Of the states, and the loss by adverse events: with pembrolizumab a change on treatment; in the other arm, where no
    drug has a row and nobody is progressed in the first week, a lower level."""
    week = WEEK / MONTH
    loss = lost("pembro")
    change = dataclasses.replace(loss, value=-loss.value)
    first = derived(FREE - lost("soc").value, SOURCE, f"0.778 less {lost('soc').notes}")
    free = quoted(FREE, SOURCE, "PF_util.")
    return (
        Utility(id="free_pembro", state="progression_free", arm="pembro", parameter=free),
        Utility(
            id="events",
            state="on_treatment",
            arm="pembro",
            drug="pembrolizumab",
            given_as="increment",
            until_month=week,
            parameter=change,
        ),
        Utility(id="first_week_soc", state="progression_free", arm="soc", until_month=week, parameter=first),
        Utility(id="free_soc", state="progression_free", arm="soc", from_month=week, parameter=free),
        Utility(id="progressed", state="progressed", parameter=quoted(PROGRESSED, SOURCE, "PP_util.")),
    )


def first_week(name: str, label: str, arm: str, value: Any) -> Care:
    """A cost of the first cycle, for those progression-free in it."""
    return accruing(name, label, "progression_free", "per_cycle", value, arm=arm, until_day=WEEK)


def event_cost(events: tuple[Event, ...], arm: str) -> Any:
    """The expected cost of all events of a patient."""
    total = sum(event.probability(arm) * event.cost for event in events)
    return derived(total, SOURCE, "Sum over the source's table of adverse events: probability x cost.", unit="GBP")


def care() -> tuple[Care, ...]:
    """All costs but pembrolizumab and its administration."""
    return (
        accruing("free", "Care, progression-free", "progression_free", "per_year", quoted(4004.46, SOURCE, unit="GBP")),
        accruing("after", "Care, progressed", "progressed", "per_year", quoted(6567.60, SOURCE, unit="GBP")),
        accruing("progression", "At progression", "at_progression", "once", quoted(819.75, SOURCE, unit="GBP")),
        first_week("screening", "Screening for PD-L1", "pembro", quoted(348.21, SOURCE, unit="GBP")),
        first_week("events_pembro", "Adverse events", "pembro", event_cost(EVENTS, "pembro")),
        first_week("events_soc", "Adverse events, standard care", "soc", event_cost(EVENTS, "soc")),
        *standard_care(),
    )


def pembrolizumab() -> dict[str, Any]:
    """At most 35 doses, every three weeks until progression."""
    return {
        "drugs": (
            Drug(
                id="pembrolizumab",
                label="Pembrolizumab",
                dose_basis="fixed",
                dose=200.0,
                unit="mg",
                schedule_days=THREE_WEEKS,
                administration="infusion",
                source=SOURCE,
                quality="published",
                notes="200 mg every three weeks.",
            ),
        ),
        "products": (
            Product(drug="pembrolizumab", product="dose", contents=200.0, parameter=quoted(5260.0, SOURCE, unit="GBP")),
        ),
        "regimens": (
            Regimen(arm="pembro", drug="pembrolizumab", until="progression", max_doses=35, source=SOURCE, notes="35 doses."),
        ),
        "administration": (
            Administration(id="infusion", label="Infusion", parameter=quoted(ADMINISTRATION, SOURCE, unit="GBP")),
        ),
    }


def definition() -> ModelDefinition:
    """The model as published."""
    return model(
        [curve(*key) for key in TAILS],
        about=about(
            "heRoMod: replication of NICE TA447",
            population="untreated PD-L1-positive metastatic non-small-cell lung cancer",
            intervention="pembrolizumab",
            comparator="platinum-based standard of care",
            limitations="1. A replication by makers of a program; the appraisal had further analyses. 2. Inputs are certain. "
            "3. Digitised Kaplan-Meier curves of PFS lie above those of OS in the first weeks.",
        ),
        survival_tables=tuple(row for key in TAILS for row in steps(*key)),
        arms=(
            Arm(id="soc", label="Standard of care", short_label="SOC", description="Strategy 'SOC' of the source."),
            Arm(id="pembro", label="Pembrolizumab", short_label="Pembro", colour="#D62728", description="Strategy 'Pembro'."),
        ),
        **conventions(
            SOURCE,
            {
                "horizon_years": "1040 weekly cycles of 7 / 365 years.",
                "cycle_days": "A week.",
                "year_length": "365 days.",
                "accrual": "Counting method life-table: mean of both ends of a cycle, with the factor of its start.",
                "discounting": "Cycle k, counted from 0, has the factor 1.035^-(7 k / 365).",
                "discount_rate_costs": "3.5%.",
                "discount_rate_effects": "3.5%.",
                "dose_timing": "Every cost belongs to a cycle.",
                "crossing": "PFS is the smaller of PFS and OS.",
                "progressions": "All who leave PFS are counted as progressed.",
            },
            currency="GBP",
            price_year="not said",
            comparator="soc",
            intervention="pembro",
            horizon_years=WEEKS * WEEK / 365,
            cycle_days=WEEK,
            year_length="365_days",
            discount_rate_costs=0.035,
            discount_rate_effects=0.035,
            accrual="life_table",
            dose_timing="with_accrual",
            progressions="every_pfs_event",
        ),
        thresholds=(Threshold(value=50_000.0, source=SOURCE, notes="Of the source's summary of QALYs."),),
        population=ages(),
        utilities=utilities(),
        care=care(),
        end_of_life=(EndOfLife(id="terminal", label="Terminal care", parameter=quoted(4735.73, SOURCE, unit="GBP")),),
        published_analyses=printed(
            SOURCE,
            "heRoMod, ta447",
            "pembrolizumab with standard care",
            "Pembrolizumab 2.0550797 QALYs at 117,321.3724445; standard care 0.8682492 at 25,437.8347443.",
            icer=77419.2603994,
            currency="GBP",
        ),
        references=(REFERENCE,),
        versions=FIRST_VERSION,
        **pembrolizumab(),
    )


MODEL = Published(
    define=definition,
    title="heRoMod, NICE TA447",
    source="[heRoMod](https://github.com/PolicyAnalysisInc/heRoMod), `inst/compat/ta447.json` (R, GPL >= 3)",
    special="Kaplan-Meier curves to weeks 9 and 22, then tails whose clock restarts; weekly cycles; doses by the calendar",
    digits=(
        Digits("life_years_of_progression_free_pembro", "2.0187613"),
        Digits("life_years_of_progressed_pembro", "0.7295854"),
        Digits("life_years_of_progression_free_soc", "0.5564506"),
        Digits("life_years_of_progressed_soc", "0.6624104"),
        Digits("life_years_of_progression_free_undiscounted_pembro", "2.2538127"),
        Digits("life_years_of_progressed_undiscounted_pembro", "0.7911495"),
        Digits("life_years_of_progression_free_undiscounted_soc", "0.5674617"),
        Digits("life_years_of_progressed_undiscounted_soc", "0.7029687"),
        Digits("qalys_pembro", "2.0550797"),
        Digits("qalys_soc", "0.8682492"),
        Digits("costs_of_at_progression_pembro", "762.3293863"),
        Digits("costs_of_at_progression_soc", "804.3281936"),
        Digits("costs_of_care_progressed_pembro", "4791.6247838"),
        Digits("costs_of_care_progressed_soc", "4350.4468276"),
        Digits("costs_of_end_of_life_pembro", "4285.1476878"),
        Digits("costs_of_end_of_life_soc", "4538.7201735"),
        Digits("costs_pembro", "117321.3724445"),
        Digits("costs_soc", "25437.8347443"),
        Digits("icer", "77419.2603994"),
    ),
)
