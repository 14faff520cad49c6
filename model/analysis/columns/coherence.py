"""Tables of the coherence of PFS and OS."""

from __future__ import annotations

from model.analysis.columns.common import ARM
from model.result_columns import ResultColumn, Table, number, text

HAZARD_NAMES = {
    "progression": ("Progression", "Progressions per patient-year before progression"),
    "death_before_progression": (
        "Death before progression",
        "The larger of the death share of PFS events and the population's hazard",
    ),
    "death_before_by_death_share": (
        "Death before progression, by the death share alone",
        "Without the general population's hazard",
    ),
    "death_after_progression": (
        "Death after progression",
        "All deaths that are not before progression, per patient-year after it",
    ),
    "death_after_by_death_share": (
        "Death after progression, by the death share alone",
        "Where deaths before progression are the death share of PFS events",
    ),
    "general_population": ("Death, general population", "Of the same age and sex, per person-year"),
}
HAZARD_COLUMNS = {name: number(name, header, "factor", 16, words) for name, (header, words) in HAZARD_NAMES.items()}
FREE = number("progression_free", "Progression-free", "share", 14, "Share of patients in the state then")
PROGRESSED = number("progressed", "Progressed", "share", 14, "Share of patients in the state then")
YEAR = number("year", "Year", "year", 30, "The row is of the cycle that holds it", "years")
IMPLIED_HAZARDS = Table("coherence", "Implied hazards", (ARM, YEAR, FREE, PROGRESSED, *HAZARD_COLUMNS.values()))

FLAG = text("flag", "Flag", 34, "The rule that is judged, as the sheet Validation names it")
RAISED = number("raised", "Raised: 1 yes, 0 no", "plain", 14, "Whether the rule is broken while it counts")
VALUE = number("value", "Value", "any", 14, "The worst of all cycles that count; empty: nothing to judge")
LIMIT = number("limit", "Limit", "any", 16, "As typed on the sheet Validation")
FROM_MONTH = number("from_month", "From month", "months", 16, "Start of the longest stretch, or first month", "months")
TO_MONTH = number("to_month", "To month", "months", 16, "End of the longest stretch", "months")
MONTHS = number("months", "Months of all stretches", "months", 16, "In which the rule is broken", "months")
IN_WORDS = text("in_words", "In words", 16, "What was found; empty where the flag is not raised", "free")
COMMENT = text("comment", "Comment", 60, "Why the curves are used all the same, as typed on the sheet Validation", "free")
FLAGS = Table("coherence_flags", "Flags", (ARM, FLAG, VALUE, LIMIT, RAISED, FROM_MONTH, TO_MONTH, MONTHS, IN_WORDS, COMMENT))

RULE = text("rule", "Rule", 30, "A floor under a curve, or the repair of crossing")
IN_FORCE = number("in_force", "In force: 1 yes, 0 no", "plain", 14, "Whether the settings ask for it")
CYCLES = number("share_of_cycles", "Share of the cycles in which it acts", "share", 16, "Over the whole horizon")
MOVED = number("largest_share_moved", "Largest share of the patients moved", "small", 16, "At any one time")
RULES_IN_FORCE = Table("coherence_rules", "Where rules move a curve", (ARM, RULE, IN_FORCE, FROM_MONTH, CYCLES, MOVED))

ONCE = text("after", "Once", 22, "What is over or has happened by then")
MONTH = number("month", "Month", "months", 30, "When that is; empty: never, or not stated", "months")
SHARES: dict[str, ResultColumn] = {
    name: number(f"share_of_incremental_{name}", f"Share of the incremental {words}", "share", 16, "Arising from then on")
    for name, words in (("life_years", "life years"), ("qalys", "QALYs"), ("costs", "costs"))
}
BEYOND = Table("coherence_beyond", "What arises beyond the evidence", (ONCE, MONTH, *SHARES.values()))

SHARE_OF_DRAWS = number("share_of_draws", "Share of the draws", "share", 16, "In which the flag is raised")
OF_DRAWS = Table("psa_coherence", "Flags over draws", (ARM, FLAG, SHARE_OF_DRAWS))
