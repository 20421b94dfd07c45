"""The subcommands of `python -m bench`, a module each.

The first line of a module's docstring is the command's help. `add_arguments(parser)` declares the arguments,
and `main(given)` takes the parsed ones and returns the exit code.
"""
