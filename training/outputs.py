"""Where commands write: checked before the work, so that none of it is lost for want of a place."""

from pathlib import Path

from training.errors import OutputError
from training.fitting.loop import LAST


def check_folder(path: Path) -> None:
    """Create the folder; OutputError if that is impossible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"Can't create the folder {path}: {error.strerror}. Choose another place.") from error


def check_file(path: Path) -> None:
    """Create the folder that a file will lie in; OutputError if that is impossible, or the path is a folder."""
    if path.is_dir():
        raise OutputError(f"{path} is a folder. Name a file in it.")
    check_folder(path.parent)


def check_run(folder: Path, resume: bool, overwrite: bool) -> None:
    """Check that a run may be written into `folder`, so that no earlier one is lost by mistake; else OutputError."""
    check_folder(folder)
    has_run = any(folder.rglob(LAST))
    if resume and not has_run:
        raise OutputError(f"{folder} has no checkpoint to resume from. Leave --resume out to start a new run there.")
    if has_run and not resume and not overwrite:
        raise OutputError(
            f"{folder} holds a run already. Continue it with --resume, replace it with --overwrite, or choose another "
            "--output."
        )
