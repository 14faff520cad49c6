"""The sheets that document the model: evidence it is compared with, assumptions, references, versions."""

from __future__ import annotations

from model.excel.inputs.table_specs import SheetSpec, TableSpec

DOCUMENTS: tuple[SheetSpec, ...] = (
    SheetSpec(
        "Validation",
        "Validation",
        "Figures from outside the model, shown beside its results; limits of the flags that judge its curves",
        (
            TableSpec(
                "external_evidence",
                "External survival evidence",
                "Medians and landmarks of other studies; they do not change any result.",
                required=False,
                grows=True,
            ),
            TableSpec(
                "published_analyses",
                "Published economic analyses",
                "Other cost-effectiveness analyses of the same question; they do not change any result.",
                required=False,
            ),
            TableSpec(
                "coherence_limits",
                "Limits of the coherence flags",
                "Beyond them the sheet Coherence of the results says that PFS and OS do not hang together; no cost and no "
                "QALY depends on them. A flag that is not listed is not looked for.",
                required=False,
                input_ids=True,
            ),
        ),
    ),
    SheetSpec(
        "Assumptions",
        "Assumptions",
        "What was assumed, why, and which scenario explores it",
        (TableSpec("assumptions", "Structural assumptions", "One row per assumption.", required=False),),
    ),
    SheetSpec(
        "References",
        "References",
        "Sources by the ids used in the Source columns",
        (TableSpec("references", "References", "One row per source.", required=False),),
    ),
    SheetSpec(
        "Version log",
        "Version log",
        "What changed from one version of the inputs to the next",
        (TableSpec("versions", "Versions", "One row per version, the latest last.", required=False),),
        may_be_missing=True,
    ),
)
