"""The choice of a survival curve: every candidate fitted to the data of an endpoint, and what speaks for each."""

from model.analysis.curve_choice import landmarks, tables
from model.analysis.curve_choice.all_tables import all_tables
from model.analysis.curve_choice.endpoint import ArmFits, EndpointFits, ExternalPoint, analyse_endpoint
from model.analysis.curve_choice.from_definition import endpoints_of

__all__ = [
    "ArmFits",
    "EndpointFits",
    "ExternalPoint",
    "all_tables",
    "analyse_endpoint",
    "endpoints_of",
    "landmarks",
    "tables",
]
