"""Agency profiles: which inputs an agency's reference case sets, each with its source, and where a model departs from them.

A profile is data. It sets inputs that stay visible and editable, and nothing looks at its name to calculate: who changes such
an input departs from the profile, and is told so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from model.choices import FREE, PROFILE_WORDS
from model.definition.model_definition import ModelDefinition, address_of
from model.definition.records.agency import GAINED, LifeYearValue, SeverityBand
from model.definition.records.columns import columns_of
from model.definition.records.documentation import Reference
from model.definition.records.settings import DETERMINISTIC, Provenance, Settings, Threshold

ROW_TABLES = ("severity_bands", "life_year_values")
"""Tables of which a profile brings rows; a workbook that is given another profile loses them."""
STEP_RATES = {"rate_costs": "discount_rate_costs", "rate_effects": "discount_rate_effects"}
"""Fields of a step of discounting, with the settings whose rates it replaces."""
NO_ROW = "no such row"


@dataclasses.dataclass(frozen=True, kw_only=True)
class ProfileValue:
    """The value of one setting, with the id of its reference, the quality mark and a note."""

    setting: str
    value: Any
    source: str
    quality: str = "published"
    notes: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Profile:
    """What an agency's reference case sets. ``currency``: that of the thresholds, which hold in no other."""

    name: str
    settings: tuple[ProfileValue, ...] = ()
    currency: str = ""
    thresholds: tuple[Threshold, ...] = ()
    severity_bands: tuple[SeverityBand, ...] = ()
    life_year_values: tuple[LifeYearValue, ...] = ()

    @property
    def words(self) -> str:
        return PROFILE_WORDS[self.name]

    def known_settings(self) -> list[ProfileValue]:
        """The settings that a model has."""
        return [v for v in self.settings if v.setting in columns_of(Settings)]

    def setting(self, name: str) -> ProfileValue | None:
        """What it sets of one setting, if anything."""
        return next((v for v in self.settings if v.setting == name), None)

    def sources(self) -> list[str]:
        """Ids of the references of all its values."""
        rows: Sequence[Any] = (*self.settings, *self.thresholds, *self.severity_bands, *self.life_year_values)
        return list(dict.fromkeys(part for row in rows for part in row.source.split("; ") if part))


REFERENCES = {
    r.id: r
    for r in (
        Reference(
            id="nice_pmg36",
            citation="NICE. Health technology evaluations: the manual (PMG36), economic evaluation.",
            link="https://www.nice.org.uk/process/pmg36/chapter/economic-evaluation",
            accessed="November 2026",
        ),
        Reference(
            id="nice_threshold_2026",
            citation="NICE. Changes to NICE's cost-effectiveness thresholds (25,000 to 35,000 GBP per QALY, formerly 20,000 "
            "to 30,000).",
            link="https://www.nice.org.uk/what-nice-does/faqs/changes-to-nice-s-cost-effectiveness-thresholds",
            accessed="November 2026",
        ),
        Reference(
            id="nice_severity",
            citation="Severity modifier: weights and cut-offs as coded by PenTAG for NICE (NICE-model-repo, renal cell "
            "carcinoma); text of PMG36, 6.2.12 to 6.2.21.",
            link="https://github.com/nice-digital/NICE-model-repo",
            accessed="November 2026",
        ),
        Reference(
            id="icer_vaf",
            citation="Institute for Clinical and Economic Review. Value assessment framework, 2023, and its reference case; "
            "the text itself was not read.",
            link="https://www.healthcare-economist.com/2023/09/27/whats-new-in-the-2023-icer-value-assessment-framework",
            accessed="November 2026",
        ),
        Reference(
            id="evlyg_2023",
            citation="Campbell JD, Whittington MD, Pearson SD (2023) on equal-value life years, as summarised: life years "
            "gained at 0.851, the mean utility of adults in the United States.",
            link="https://www.insurancenewsmag.com/health-insurance/evlyg-explained",
            accessed="November 2026",
        ),
        Reference(
            id="discount_rates_2024",
            citation="Discount rates of agencies compared (Canada 1.5%, Australia 5%), article of 2024; the guidelines of "
            "CDA-AMC (4th edition, 2017) and PBAC (version 5.0, 2016) were not read.",
            link="https://www.healthindustryhub.com.au/pharmaceutical-news-trends/why-should-australia-lower-its-discount-"
            "rate-to-align-with-global-standards/",
            accessed="November 2026",
        ),
        Reference(
            id="cda_amc_2017",
            citation="CADTH (now CDA-AMC). Guidelines for the economic evaluation of health technologies: Canada, 4th "
            "edition, 2017; the text itself was not read.",
            link="https://www.cda-amc.ca",
            accessed="November 2026",
        ),
        Reference(
            id="pbac_2016",
            citation="Pharmaceutical Benefits Advisory Committee. Guidelines, version 5.0, 2016, section 3A.8: stepped "
            "results.",
            link="https://pbac.pbs.gov.au",
            accessed="November 2026",
        ),
    )
}


def _discounting(rate: float, source: str, quality: str = "published", notes: str = "") -> tuple[ProfileValue, ...]:
    names = ("discount_rate_costs", "discount_rate_effects")
    return tuple(ProfileValue(setting=n, value=rate, source=source, quality=quality, notes=notes) for n in names)


PROFILES: Mapping[str, Profile] = {
    p.name: p
    for p in (
        Profile(name=FREE),
        Profile(
            name="nice",
            settings=_discounting(0.035, "nice_pmg36", notes="3.5% for costs and effects, NICE's reference case."),
            currency="GBP",
            thresholds=(
                Threshold(
                    value=25_000.0, source="nice_threshold_2026", notes="Lower end of NICE's range since 31 March 2026."
                ),
                Threshold(
                    value=35_000.0, source="nice_threshold_2026", notes="Upper end of NICE's range since 31 March 2026."
                ),
            ),
            severity_bands=(
                SeverityBand(
                    band="severe",
                    weight=1.2,
                    absolute_from=12.0,
                    proportional_from=0.85,
                    source="nice_severity",
                    notes="On a cut-off the band holds.",
                ),
                SeverityBand(
                    band="very_severe",
                    weight=1.7,
                    absolute_from=18.0,
                    proportional_from=0.95,
                    source="nice_severity",
                    notes="On a cut-off the band holds.",
                ),
            ),
        ),
        Profile(
            name="us_icer",
            settings=_discounting(0.03, "icer_vaf", "derived", "3% for costs and effects, as US analyses apply it."),
            currency="USD",
            thresholds=(
                Threshold(
                    value=100_000.0, source="icer_vaf", notes="Lower end of the range of health-benefit price benchmarks."
                ),
                Threshold(
                    value=150_000.0, source="icer_vaf", notes="Upper end of the range of health-benefit price benchmarks."
                ),
            ),
            life_year_values=(
                LifeYearValue(
                    item=GAINED, utility=0.851, source="evlyg_2023", notes="Mean utility of adults in the United States."
                ),
            ),
        ),
        Profile(
            name="cda_amc",
            settings=(
                *_discounting(0.015, "discount_rates_2024", notes="1.5% for costs and effects."),
                ProfileValue(
                    setting="headline",
                    value="probabilistic",
                    source="cda_amc_2017",
                    notes="The reference case is the mean over the draws of the probabilistic analysis.",
                ),
            ),
        ),
        Profile(
            name="pbac",
            settings=(
                *_discounting(0.05, "discount_rates_2024", notes="5% for costs and effects."),
                ProfileValue(
                    setting="stepped_results", value=True, source="pbac_2016", notes="Trial period, extrapolation, QALYs."
                ),
            ),
        ),
    )
}
"""CDA-AMC and PBAC state no threshold; theirs are left to the user."""
MOST_THRESHOLDS = max(len(p.thresholds) for p in PROFILES.values())


@dataclasses.dataclass(frozen=True)
class Departure:
    """One input that is not what the profile sets: where it stands, what it holds (None: no such row), what is set."""

    table: str
    position: int | None
    field: str
    words: str
    found: Any
    wanted: Any
    source: str

    def message(self, profile: Profile) -> str:
        """In a sentence."""
        here = f"lists no {self.words}" if self.found is None else f"has {_shown(self.found)}"
        return f"the model {here} here; the profile {profile.words} sets {_shown(self.wanted)} (source {self.source})"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def departures(definition: ModelDefinition) -> list[Departure]:
    """Where a model is not what its profile sets; nothing for the profile free."""
    profile = PROFILES[definition.settings.profile]
    found = []
    for v in profile.known_settings():
        value = getattr(definition.settings, v.setting)
        if value != v.value:
            header = columns_of(Settings)[v.setting].header
            found.append(Departure("settings", 0, v.setting, header, value, v.value, v.source))
    found += _of_steps(definition, profile)
    return found + _of_thresholds(definition, profile) + _of_rows(definition, profile)


def _of_steps(definition: ModelDefinition, profile: Profile) -> list[Departure]:
    """Later discount rates that are not those of the profile."""
    found = []
    for position, step in enumerate(definition.discount_steps):
        for field, setting in STEP_RATES.items():
            wanted, value = profile.setting(setting), getattr(step, field)
            if wanted is not None and value != wanted.value:
                header = columns_of(type(step))[field].header
                found.append(Departure("discount_steps", position, field, header, value, wanted.value, wanted.source))
    return found


def thresholds_hold(definition: ModelDefinition, profile: Profile) -> bool:
    """Are the profile's thresholds amounts of the model's currency?"""
    return bool(profile.thresholds) and definition.settings.currency == profile.currency


def _of_thresholds(definition: ModelDefinition, profile: Profile) -> list[Departure]:
    """Decision thresholds, from the lowest, that are not those of the profile; only the first one too many is told."""
    if not thresholds_hold(definition, profile):
        return []
    source = profile.thresholds[0].source
    wanted, here = sorted(t.value for t in profile.thresholds), sorted(definition.decision_thresholds())
    held = " and ".join(f"{t:,.10g}" for t in wanted)
    rows = {t.value: i for i, t in enumerate(definition.thresholds)}
    found = []
    for k in range(MOST_THRESHOLDS + 1):
        own, theirs = (values[k] if k < len(values) else None for values in (here, wanted))
        if own != theirs and own is not None:
            words = f"a decision threshold of {own:,.10g}"
            found.append(Departure("thresholds", rows[own], "role", "Role", words, held, source))
        elif own != theirs:
            found.append(Departure("thresholds", None, "", f"decision threshold of {theirs:,.10g}", None, held, source))
    return found


def _of_rows(definition: ModelDefinition, profile: Profile) -> list[Departure]:
    """Rows that the profile brings and the model has not, or with other numbers, and rows that the profile has not."""
    found = []
    if profile.name == FREE:
        return []
    for table in ROW_TABLES:
        brought = {address_of(table, row) for row in getattr(profile, table)}
        for i, row in enumerate(definition.table(table)):
            if address_of(table, row) not in brought:
                field = numbers_of(row)[0]
                header, value = columns_of(type(row))[field].header, getattr(row, field)
                found.append(Departure(table, i, field, header, value, NO_ROW, "; ".join(profile.sources())))
        rows = {address_of(table, row): (i, row) for i, row in enumerate(definition.table(table))}
        for wanted in getattr(profile, table):
            address = address_of(table, wanted)
            if address not in rows:
                numbers = ", ".join(_shown(getattr(wanted, field)) for field in numbers_of(wanted))
                found.append(Departure(table, None, "", f"row '{address.split('.')[1]}'", None, numbers, wanted.source))
                continue
            position, row = rows[address]
            for field in numbers_of(wanted):
                value, own = getattr(row, field), getattr(wanted, field)
                if value != own:
                    header = columns_of(type(row))[field].header
                    found.append(Departure(table, position, field, header, value, own, wanted.source))
    return found


def numbers_of(row: Any) -> list[str]:
    """The numbers of a row that a profile brings."""
    return [name for name, column in columns_of(type(row)).items() if column.kind == "number"]


def with_profile(definition: ModelDefinition, name: str) -> ModelDefinition:
    """A copy that follows another profile: its settings, thresholds and rows with their sources; rows of other profiles
    go, and steps of discounting where it sets the rates.
    The profile free changes nothing but the name. The result is not checked. KeyError for an unknown name."""
    profile = PROFILES[name]
    changes: dict[str, Any] = {v.setting: v.value for v in profile.known_settings()}
    if "stepped_results" not in changes and name != FREE:
        changes["stepped_results"] = False
    former = PROFILES[definition.settings.profile].setting("headline")
    back = former is not None and "headline" not in changes and name != FREE
    if former is not None and back and definition.settings.headline == former.value:
        changes["headline"] = DETERMINISTIC
    made = dataclasses.replace(definition, settings=dataclasses.replace(definition.settings, profile=name, **changes))
    if name == FREE:
        return made
    changed = [v for v in profile.known_settings() if getattr(definition.settings, v.setting) != v.value]
    sources = {v.setting: Provenance(source=v.source, quality=v.quality, notes=v.notes) for v in changed}
    kept = {k: v for k, v in definition.provenance.items() if not (k == "headline" and changes.get(k) == DETERMINISTIC)}
    made = dataclasses.replace(made, provenance={**kept, **sources})
    rows: dict[str, Any] = {table: getattr(profile, table) for table in ROW_TABLES}
    if any(profile.setting(setting) for setting in STEP_RATES.values()):
        rows["discount_steps"] = ()
    if thresholds_hold(definition, profile):
        rows["thresholds"] = _thresholds(definition, profile)
    known = {r.id for r in definition.references}
    rows["references"] = (*definition.references, *(REFERENCES[s] for s in profile.sources() if s not in known))
    return dataclasses.replace(made, **rows)


def _thresholds(definition: ModelDefinition, profile: Profile) -> tuple[Threshold, ...]:
    """Those of the profile as decision thresholds, all others for comparison, from the lowest."""
    own = {t.value: t for t in definition.thresholds}
    wanted = {t.value: own.get(t.value, t) for t in profile.thresholds}
    rows = {v: dataclasses.replace(t, role="decision" if v in wanted else "comparison") for v, t in (own | wanted).items()}
    return tuple(rows[v] for v in sorted(rows))
