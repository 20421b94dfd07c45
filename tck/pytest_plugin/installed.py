"""What the command sessions-tck adds to pytest, so that it runs as it does in a checkout's own folder."""

import pytest

from tck import paths

pytest.register_assert_rewrite("suites", "tck.checking.check")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Without any path it is the suites that run, wherever the user stands."""
    if not early_config.known_args_namespace.file_or_dir:
        args.append(str(paths.ROOT / "suites"))
