"""The choice of a survival curve: every candidate fitted to the data of an endpoint, and what speaks for each."""

from . import landmarks, tables
from .all_tables import all_tables
from .endpoint import ArmFits, EndpointFits, ExternalPoint, analyse_endpoint
from .from_definition import endpoints_of

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
