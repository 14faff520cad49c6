"""Tables of the verification record: every test that was made on a model, and how many of each domain passed."""

from __future__ import annotations

from model.result_columns import Table, number, text

TEST = text("test", "Test", 8, "Id: letter of the domain and number, as in published checklists")
STATEMENT = text("statement", "What must hold", 44, "The statement that is tested", "note")
DONE = text("done", "What was done", 48, "What was done to a copy of the model just read", "note")
EXPECTED = text("expected", "Expected", 40, "What must be found", "note")
OBSERVED = text("observed", "Observed", 48, "What was found; of a test that does not apply, why", "note")
VERDICT = text("verdict", "Verdict", 15, "pass, flag (to be judged by a reader), fail, does not apply")
DOMAIN = text("domain", "Domain", 34, "Part of the calculation that is tested")
REVIEWER = text("reviewer", "Independent reviewer", 26, "Left empty for an independent reviewer to fill in")
SOURCE = text("source", "Source of the test", 38, "Checklist or guidance that asks for it", "note")
VERIFICATION = Table(
    "verification_record",
    "Verification tests",
    (DOMAIN, TEST, STATEMENT, DONE, EXPECTED, OBSERVED, VERDICT, REVIEWER, SOURCE),
)

COUNTS = Table(
    "verification_summary",
    "Tests by domain",
    (
        DOMAIN,
        number("tests", "Tests", "count", 9, "Tests of the domain"),
        number("passed", "Passed", "count", 9, "What must hold, holds"),
        number("flagged", "Flagged", "count", 9, "Calculated as it should be; the inputs show something to judge"),
        number("failed", "Failed", "count", 9, "What must hold, does not"),
        number("open", "Do not apply", "count", 13, "The model gives nothing to test; the reason stands there"),
    ),
)
