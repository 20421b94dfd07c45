from concurrent.futures import ThreadPoolExecutor

import pytest

from tck.errors import KitError
from tck.transport.limits import Budget, Counter
from tck.transport.rate_limiter import Pacer, parse_rate
from tck.unjudged import NotTested

Counters = tuple[Counter, Counter]


@pytest.fixture
def counters(tmp_path) -> Counters:
    return Counter(tmp_path / "requests"), Counter(tmp_path / "sessions")


def test_a_budget_without_limits_only_counts(counters: Counters):
    budget = Budget(*counters)
    for _ in range(3):
        budget.spend_request()
        budget.spend_session()
    budget.no_session()
    assert (budget.requests.count, budget.sessions.count) == (3, 2)


def test_a_spent_budget_is_not_tested_with_the_option_named(counters: Counters):
    budget = Budget(*counters, max_requests=2, max_sessions=1)
    budget.spend_session()
    with pytest.raises(NotTested, match=r"budget of 1 session is spent \(--max-sessions\)"):
        budget.spend_session()
    budget.spend_request()
    with pytest.raises(NotTested, match=r"budget of 2 requests is spent \(--max-requests\)"):
        budget.spend_request()
    assert (budget.requests.count, budget.sessions.count) == (1, 1)


def test_no_more_creates_are_in_doubt_than_broke(counters: Counters):
    budget = Budget(*counters)
    budget.spend_session()
    budget.broken.step()
    assert (budget.made, budget.broken.count) == (0, 1)
    for _ in range(3):  # as creates of which it was known all the time
        budget.known()
    assert (budget.made, budget.broken.count) == (1, 0)


def test_what_is_made_can_still_be_closed(counters: Counters):
    budget = Budget(*counters, max_requests=3)
    budget.spend_session()
    budget.spend_request()
    budget.spend_request()
    with pytest.raises(NotTested):
        budget.spend_request()
    budget.spend_request(closing=True)
    assert budget.requests.count == 3


def test_workers_that_race_never_exceed_the_limit(counters: Counters):
    budget = Budget(*counters, max_sessions=20)

    def spend(_: int) -> int:
        try:
            budget.spend_session()
        except NotTested:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        spent = sum(pool.map(spend, range(200)))
    assert spent <= 20
    assert budget.sessions.count == spent


@pytest.mark.parametrize(("text", "rate"), [("10/s", 10), ("300/m", 5), ("0.5/s", 0.5), ("7200/h", 2)])
def test_rates(text, rate):
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "10", "0/s", "-1/s", "1/d", "1/s ", "٣/s", "1e3/s", "0.0/m"])
def test_other_rates_are_refused_in_a_sentence(text):
    with pytest.raises(
        KitError, match="--rate-limit takes a number of requests over s, m or h, such as 10/s"
    ):
        parse_rate(text)


def test_a_pacer_spreads_requests_evenly():
    pacer = Pacer(0.001)
    waits = [pacer.turn() for _ in range(3)]
    assert waits[0] == 0
    assert [round(wait, -1) for wait in waits[1:]] == [1000, 2000]
    assert Pacer(None).turn() == 0
