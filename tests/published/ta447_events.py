"""Adverse events of heRoMod's replication of NICE TA447: the table Adverse_Events of `inst/compat/ta447.json`."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Event:
    """Share of the patients of each arm, and GBP for each event."""

    name: str
    pembro: float
    soc: float
    cost: float

    def probability(self, arm: str) -> float:
        """The share in one arm."""
        return {"pembro": self.pembro, "soc": self.soc}[arm]


EVENTS = (
    Event("Abdominal pain", 0.006, 0.0, 0.0),
    Event("Alanine aminotransferase increased", 0.013, 0.0, 598.85),
    Event("Anemia", 0.045, 0.233, 2610.66),
    Event("Arthralgia", 0.0, 0.007, 0.0),
    Event("Aspartate aminotransferase increased", 0.013, 0.0, 598.85),
    Event("Asthenia", 0.006, 0.027, 2768.35),
    Event("Back pain", 0.013, 0.033, 0.0),
    Event("Blood alkaline phosphatase increased", 0.006, 0.0, 0.0),
    Event("Blood creatinine increased", 0.0, 0.007, 0.0),
    Event("Chest pain", 0.0, 0.013, 0.0),
    Event("Chronic obstructive pulmonary disease", 0.039, 0.007, 0.0),
    Event("Constipation", 0.006, 0.007, 0.0),
    Event("Decreased appetite", 0.013, 0.033, 0.0),
    Event("Diarrhea (Grade 2)", 0.039, 0.02, 442.76),
    Event("Diarrhea (Grade 3-4)", 0.026, 0.027, 967.99),
    Event("Dizziness", 0.006, 0.0, 0.0),
    Event("Dry skin", 0.0, 0.013, 0.0),
    Event("Dyspnea", 0.019, 0.027, 571.06),
    Event("Epistaxis", 0.0, 0.013, 0.0),
    Event("Fatigue", 0.013, 0.047, 2768.35),
    Event("Febrile neutropenia", 0.0, 0.02, 6831.0),
    Event("Hemoptysis", 0.006, 0.007, 0.0),
    Event("Hyperglycemia", 0.026, 0.007, 0.0),
    Event("Hyponatremia", 0.032, 0.047, 0.0),
    Event("Leukopenia", 0.0, 0.013, 0.0),
    Event("Musculoskeletal pain", 0.006, 0.007, 0.0),
    Event("Nausea", 0.0, 0.027, 967.99),
    Event("Neuropathy peripheral", 0.0, 0.007, 19.76),
    Event("Neutropenia", 0.0, 0.14, 117.31),
    Event("Neutrophil count decreased", 0.0, 0.04, 179.83),
    Event("Oedema peripheral", 0.006, 0.0, 0.0),
    Event("Pain in extremity", 0.006, 0.0, 0.0),
    Event("Platelet count decreased", 0.0, 0.06, 0.0),
    Event("Pleural effusion", 0.039, 0.027, 0.0),
    Event("Pneumonia", 0.019, 0.073, 3008.41),
    Event("Pneumonitis", 0.026, 0.007, 3008.41),
    Event("Rash", 0.013, 0.0, 123.34),
    Event("Stomatitis", 0.0, 0.013, 0.0),
    Event("Thrombocytopenia", 0.0, 0.06, 758.5),
    Event("Urinary tract infection", 0.006, 0.013, 2225.03),
    Event("Vomiting", 0.006, 0.02, 764.71),
    Event("White blood cell count decreased", 0.0, 0.02, 560.08),
)
