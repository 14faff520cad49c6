"""Files appear whole or not at all: temporary folders that can be proved ours, files and folders swapped in by renames."""

from model.files.run_folder import REPORT, RUN_FILE, SUMMARY, checksum, entries, holds_others, read_run_record
from model.files.swap import SwappedIn, recover, swap_in
from model.files.temporary import MADE_BY, Temporary, temporary_beside
from model.files.trouble import NotPutBack, OutputError, cannot_write, reason, underlying
from model.files.whole_file import check_can_be_written, real_path, whole_file

__all__ = [
    "MADE_BY",
    "REPORT",
    "RUN_FILE",
    "SUMMARY",
    "NotPutBack",
    "OutputError",
    "SwappedIn",
    "Temporary",
    "cannot_write",
    "check_can_be_written",
    "checksum",
    "entries",
    "holds_others",
    "read_run_record",
    "real_path",
    "reason",
    "recover",
    "swap_in",
    "temporary_beside",
    "underlying",
    "whole_file",
]
