"""What the command sessions-tck adds to pytest, so that it runs as it does in a checkout's own folder."""

from pathlib import Path

import pytest

from tck import paths

pytest.register_assert_rewrite("suites", "tck.checking.check")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Run the suites where no path is given, and read their conftest.py alone, wherever the user stands.

    pytest would read those of the current folder, its parents and its test folders.
    """
    known = early_config.known_args_namespace
    if not known.file_or_dir:
        args.append(str(paths.ROOT / "suites"))
    suites = Path(known.confcutdir)
    given = [Path(early_config.invocation_params.dir, path.partition("::")[0]) for path in known.file_or_dir]
    known.file_or_dir = [str(path) for path in given if path.is_relative_to(suites)] or [str(suites)]
