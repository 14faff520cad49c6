"""Words that can be chosen, and defaults that are stated, both in an input or an analysis and on the command line.

They stand here, where nothing else is loaded with them, so that the command line explains itself at once.
"""

ANALYSES = {
    "base": "model.analysis.base_run",
    "agency": "model.analysis.agency_run",
    "one_way": "model.analysis.deterministic.one_way",
    "scenarios": "model.analysis.deterministic.scenarios",
    "subgroups": "model.analysis.deterministic.subgroups",
    "curve_pairs": "model.analysis.deterministic.curve_pairs",
    "structures": "model.analysis.structures.structures",
    "budget_impact": "model.analysis.budget.budget_impact",
    "psa": "model.analysis.probabilistic.psa_of_run",
    "prices": "model.analysis.prices.all_prices",
    "information": "model.analysis.probabilistic.value_of_information",
    "sensitivity": "model.analysis.global_sensitivity.all_global",
    "verification": "model.analysis.verification.record",
}
"""The analyses of a run in their order, each with the file that declares it as ``ANALYSIS``."""
NEEDS = {"information": ("psa",), "sensitivity": ("one_way", "psa")}
"""Analyses that another one rests on; the base case is always run."""
FREE = "free"
PROFILE_WORDS = {
    FREE: "no agency's",
    "nice": "NICE (England)",
    "us_icer": "ICER (United States)",
    "cda_amc": "Canada's Drug Agency (CDA-AMC)",
    "pbac": "PBAC (Australia)",
}
"""Agency profiles; what each sets: `definition/profiles.py`."""
CSV_FORMS = {
    "comma": "1.5, commas between columns: for programs, and for spreadsheets where a decimal point is written",
    "semicolon": "1,5, semicolons between columns, marked as UTF-8: for spreadsheets where a decimal comma is written",
}
"""Forms of CSV files, each with whom it is for; every command that reads one reads both."""
FIGURE_KINDS = ("png", "svg", "pdf")
"""Kinds of files that a figure is written as."""
SAMPLINGS = {
    "random": "independent draws",
    "latin_hypercube": "every input stratified",
    "sobol": "scrambled Sobol sequence, the mean converges fastest (draws: a power of 2)",
}
"""Designs of the draws, each with its meaning."""
CURES = {
    "none": "everybody has the event in the end",
    "mixture": "a share never has the event: S = share + (1 - share) x S of the others",
    "non_mixture": "the same limit, reached as S = share ^ (1 - S of the others)",
}
"""Makes of cure model, each with its meaning."""
SOBOL_RUNS = 2**15  # half-widths of the largest indices of a few hundredths; 2**18 for a table that stands alone
"""Model runs of a global sensitivity analysis, at least."""
RECALCULATING = ("formualizer", "libreoffice")
"""Spreadsheet programs that recalculate a workbook; the first one unless another is asked for."""
REPLAYED_DRAWS = 25
"""Stored draws that are shown one after another when a workbook is verified."""
STARTER_CURVES = {
    "evidence": "medians and landmarks as published",
    "coefficients": "coefficients as published",
    "hazard_ratio": "a hazard ratio on the first arm that has curves of its own",
    "digitised": "a Kaplan-Meier curve read from a figure",
    "patient_data": "patient records",
    "survival_table": "survival by time, in a table",
}
"""Where the curves of an arm come from, as a starter workbook is asked for them."""
STARTER_DRUGS = {
    "oral": "tablets or capsules, in packs",
    "per_kg": "an infusion dosed by body weight, from vials",
    "per_m2": "an infusion dosed by body surface, from vials",
    "infusion": "an infusion of a fixed dose, from vials",
}
"""Kinds of drugs that a starter workbook has rows for."""
STARTER_ANSWERS = {
    "arms": "Standard care, New treatment",
    "drugs": "Standard drug, New drug",
    "regimens": "",
    "curves": "evidence",
    "endpoints": "pfs, os",
    "events": "",
    "currency": "USD",
    "profile": FREE,
}
"""The parts of what a starter workbook is asked for, each with its answer where none is given."""
