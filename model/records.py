"""The records that a model is made of, for :func:`model.define`: one frozen dataclass for each table, with named arguments.

``help(Curve)`` lists the fields of a class; what each holds, its unit and its limits: :func:`fields_of`.

>>> from model.records import Arm, fields_of
>>> fields_of(Arm)["label"]
'text: Name printed in results'
"""

from __future__ import annotations

from model.definition import records as _records
from model.definition.in_python import fields_of
from model.definition.records import *  # noqa: F403

__all__ = ["fields_of"]
__all__ += _records.__all__
