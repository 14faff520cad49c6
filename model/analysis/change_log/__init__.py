"""What differs between two definitions, and what each difference does to the answer."""

from model.analysis.change_log.log import ChangeLog, change_log

__all__ = ["ChangeLog", "change_log"]
