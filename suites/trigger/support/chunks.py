"""Bodies in chunks: a target that takes no small one says nothing of a large one by refusing it."""

from tck.checking import Check, NotApplicable, NotTested, Reply


def judged_small(check: Check, small: Reply, accepted: str) -> None:
    """Judge whether a small good body in chunks was accepted, by the SHOULD of that id."""
    with check.judging(accepted):
        check.accepted(small)


def takes_chunks(small: Reply, judged_by: str) -> None:
    """Raise NotApplicable when a small good body in chunks was refused, NotTested when nothing is known."""
    if small.refused:
        raise NotApplicable(f"the target answers a small body in chunks with {small.status}")
    if not small.succeeded:
        raise NotTested(f"a small body in chunks was answered with {small.status}", judged_by=judged_by)
