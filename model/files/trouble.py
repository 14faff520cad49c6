"""What the operating system says about a file, in one sentence about the file that the user named."""

from __future__ import annotations

import errno
import os
from pathlib import Path

READ_ONLY = "it stands on a disk that is read-only"
NO_SPACE = "there is no space left on the disk"
REASONS = {
    errno.ENOSPC: NO_SPACE,
    errno.EDQUOT: "the space that you may use on the disk is used up",
    errno.EFBIG: "the file would be larger than the disk allows",
    errno.EROFS: READ_ONLY,
    errno.ENAMETOOLONG: "the name is too long",
    errno.ENOTDIR: "a part of its path is a file, not a folder",
    errno.EEXIST: "a part of its path is a file, or a link that leads nowhere, not a folder",
    errno.EISDIR: "it is a folder",
    errno.ELOOP: "a link in its path leads back to itself",
    errno.ENOENT: "there is no such file or folder",
    errno.EBUSY: "it is in use, or a disk of its own that cannot be renamed",
    errno.EXDEV: "it is a disk of its own; name a folder inside it",
    errno.EINVAL: "it is no name that this disk allows",
    errno.ENOTEMPTY: "another program wrote to it at the same time",
    errno.EMFILE: "too many files are open",
}
LOCKED = "a file is open in another program, or you are not allowed to write there"


class OutputError(Exception):
    """Something could not be written; the message is one sentence for the user."""


class NotPutBack(OutputError):
    """A folder could not be written, and what stood there waits under another name."""


def reason(error: BaseException) -> str:
    """Why the operating system refused, in words."""
    cause = underlying(error)
    if isinstance(cause, PermissionError):
        return LOCKED
    return REASONS.get(cause.errno or 0) or (cause.strerror or str(cause) or type(cause).__name__)


def underlying(error: BaseException) -> OSError:
    """The error of the operating system inside one of XlsxWriter, which wraps it."""
    if isinstance(error, OSError):
        return error
    inside = next((a for a in error.args if isinstance(a, OSError)), None)
    return inside if inside is not None else OSError(None, str(error))


def cannot_write(target: str | os.PathLike[str], error: BaseException, after: str = "") -> OutputError:
    """The error to raise about ``target``, the name that the user knows. ``after``: a further sentence."""
    return OutputError(f"'{Path(target)}' cannot be written: {reason(error)}.{' ' + after if after else ''}")
