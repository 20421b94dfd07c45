"""Which checks a run selected and which of them it finished, by its result; pure."""

from tck.results.document import RequirementEntry, Result

WITHDRAWN = "its check was not selected"
NEVER_STARTED = "the run ended before its check"
NEVER_FINISHED = "its check never finished"
CRASHED = "the worker that ran its check crashed"
NO_CHECK_RAN = "no check of it ran"
NOT_UNDER_LOAD = "load does not look at it"
CUT_SHORT = frozenset({NEVER_STARTED, NEVER_FINISHED, CRASHED})
NOT_SELECTED = "not all of the checks were selected"
"""What a reader is shown for a requirement some or all of whose checks a partial run left out."""


def why_partial(result: Result) -> str:
    """Which checks a partial run left out or cut short, as a clause."""
    load = result.get("load")
    if load is not None:
        users = f"{load['users']} user{'' if load['users'] == 1 else 's'}"
        looked_at = len(load["held"].keys() | load["broken"].keys())
        return (
            f"observed under the load of {users}, {looked_at} of {len(result['requirements'])} requirements"
        )
    found = [(one["id"], check) for one in result["requirements"] for check in one["checks"]]
    left_out = {check["check"] for _, check in found if check["reason"] == WITHDRAWN}
    selected = {check["check"] for _, check in found} - left_out
    cut = {check["check"] for _, check in found if check["reason"] in CUT_SHORT}
    if cut:
        end = "its end" if len(cut) == 1 else "their end"
        checks = "check" if len(selected) == 1 else "checks"
        return f"{len(cut)} of {len(selected)} selected {checks} did not run to {end}"
    every = result["requirements"]
    judged = sum(told_reason(one) != NOT_SELECTED for one in every)
    if judged == len(every):
        return "not every check was selected"
    one = len(selected) == 1
    checks = f"only {len(selected)} {'check was' if one else 'checks were'} selected"
    which = f"{judged} of {len(every)} requirements" if judged else "no requirement in full"
    return f"{checks}, which judge{'s' if one else ''} {which}"


def told_reason(requirement: RequirementEntry) -> str:
    """Why a requirement has its outcome; one phrase for all that a selection of checks left out."""
    reason = requirement["reason"]
    return NOT_SELECTED if reason in (WITHDRAWN, NO_CHECK_RAN) else reason
