"""The pytest plugin: hooks, options, fixtures, `--plan`, progress and Allure."""
