"""The choice of a survival curve: every candidate fitted to the data of an endpoint, and what speaks for each."""

from .endpoint import ArmFits, EndpointFits, ExternalPoint, analyse_endpoint

__all__ = ["ArmFits", "EndpointFits", "ExternalPoint", "analyse_endpoint"]
