"""The table of `python -m bench`."""

from bench.figures import Figure, all_held, table

RATIO = Figure("judging", 1.5, 1.5, places=2)


def test_a_figure_is_held_as_it_is_shown():
    assert RATIO.held
    assert Figure("judging", 1.504, 1.5, places=2).held
    assert not Figure("judging", 1.506, 1.5, places=2).held
    assert not Figure("sessions", 151, 150).held


def test_a_figure_without_a_bound_is_only_shown():
    shown = Figure("requests", 11_589)
    assert shown.held
    assert shown.row() == ("requests", "", "11,589", "")


def test_the_table_has_a_line_for_each_figure():
    figures = [RATIO, Figure("memory", 130.4, 120, "MB"), Figure("requests", 11_589)]
    assert list(table(figures)) == [
        "figure             bound  measured",
        "judging     at most 1.50      1.50  held",
        "memory    at most 120 MB    130 MB  NOT HELD",
        "requests                    11,589",
    ]


def test_one_bound_that_is_not_held_is_enough():
    assert all_held([RATIO, Figure("requests", 11_589)])
    assert not all_held([RATIO, Figure("sessions", 151, 150)])
