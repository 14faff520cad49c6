"""Faults put into the calculation, the draws, the reports or the inputs, one for each verification test.

A fault is what a slip of the pen would do: a price that is not used, a month of 30 days, a discount factor that is ignored,
a curve that rises. Faults of the calculation replace a function of the engine; faults of reporting, a table; faults of the
inputs give another definition, which no check has seen.

A file for each domain of the verification tests, with its faults and the table that gives each test its own. What several
domains take stands in mutation, calculation, reports and edited_inputs. A new test: a line in the table of its domain.
"""

from tests.helpers.mutations import budget_and_agencies, inputs, partitioned_survival, patient_flow, results, uncertainty
from tests.helpers.mutations.mutation import Mutation

DOMAINS = (inputs, patient_flow, results, uncertainty, partitioned_survival, budget_and_agencies)
MUTATIONS: dict[str, Mutation] = {test: fault for domain in DOMAINS for test, fault in domain.MUTATIONS.items()}
"""The fault that each verification test catches, by the id of the test."""
