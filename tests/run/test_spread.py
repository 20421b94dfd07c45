"""tck.run.spread: how many processes judge a target that is far away, and what the run says of it."""

import pytest

from tck.run.spread import NEAR, Spread, Work, named_rate, spread


def work(requests: float = 12_000, most_that_fits: int = 99, **more) -> Work:
    return Work(requests, lambda workers: workers <= most_that_fits, **more)


@pytest.mark.parametrize(
    ("latency", "workers"), [(0.004, 1), (NEAR - 0.001, 1), (0.03, 6), (0.05, 10), (0.15, 16), (0.3, 16)]
)
def test_the_farther_the_target_the_more_processes(latency: float, workers: int):
    assert spread(work(), latency, None, 8).workers == workers


def test_a_near_target_is_judged_by_one_process_without_a_word():
    assert spread(work(), 0.01, None, 8) == Spread(1)


def test_few_requests_need_no_further_process():
    assert spread(work(300), 0.15, None, 8) == Spread(
        1, "a reply takes 150 ms; one process runs the checks: this takes about 50 s"
    )
    assert spread(work(300, least=2), 0.15, None, 8).workers == 2


@pytest.mark.parametrize(
    ("cores", "named", "more", "workers", "why"),
    [
        (2, None, {}, 8, "this machine has 2 cores"),
        (1, None, {}, 4, "this machine has one core"),
        (8, None, {"rate": 20.0}, 3, "--rate-limit has no use for more"),
        (8, 10.0, {"rate": 20.0}, 2, "the limit that the target's headers name has no use for more"),
        (8, 100.0, {"most": 5}, 5, "5 are the most"),
        (8, None, {"most_that_fits": 4, "max_sessions": 440}, 4, "--max-sessions=440 allows no more"),
        (8, None, {"most_that_fits": 1, "max_sessions": 300}, 1, "--max-sessions=300 allows no more"),
        (8, 1.0, {}, 1, "the limit that the target's headers name has no use for more"),
    ],
)
def test_what_limits_the_processes_is_said(cores, named, more, workers, why):
    chosen = spread(work(**more), 0.15, named, cores)
    assert chosen.workers == workers
    assert f"({why})" in chosen.said


def test_the_sentence_has_the_reason_and_the_time_that_it_takes():
    assert spread(work(), 0.15, None, 2).said == (
        "a reply takes 150 ms, so 8 processes run the checks (this machine has 2 cores): this takes about "
        "4 minutes, and about 30 minutes one after the other (-n 0)"
    )
    few = spread(work(100, least=2), 0.15, None, 8)
    assert few.said == "a reply takes 150 ms, so 2 processes run the checks: this takes about 20 s"
    assert "this takes about 20 minutes" in spread(work(rate=10.0), 0.15, None, 8).said


@pytest.mark.parametrize(
    ("headers", "rate"),
    [
        ((), None),
        ((("RateLimit-Policy", "100;w=60"),), 100 / 60),
        ((("RateLimit-Policy", '"default";q=50;w=10'),), 5.0),
        ((("RateLimit", '"default";r=30;t=15'),), 2.0),
        ((("RateLimit", "limit=100, remaining=0, reset=20"),), 1 / 20),
        ((("X-RateLimit-Remaining", "600"), ("X-RateLimit-Reset", "60")), 10.0),
        ((("X-RateLimit-Remaining", "600"),), None),
        ((("X-RateLimit-Remaining", "many"), ("X-RateLimit-Reset", "60")), None),
        ((("RateLimit-Policy", "100;w=0"),), None),
    ],
)
def test_a_rate_is_what_headers_name(headers, rate):
    assert named_rate(headers) == (None if rate is None else pytest.approx(rate))
