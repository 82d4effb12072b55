"""The rate limiter: a burst, then the rate, each address for itself."""

from search_api.bounds import RateLimiter


def test_a_burst_then_the_rate() -> None:
    limiter = RateLimiter(per_second=10, burst=3)
    assert [limiter.wait("a", 0.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert limiter.wait("a", 0.0) > 0
    assert limiter.wait("b", 0.0) == 0.0
    assert limiter.wait("a", 0.11) == 0.0
    assert limiter.wait("a", 0.11) > 0


def test_tokens_do_not_grow_over_the_burst() -> None:
    limiter = RateLimiter(per_second=1000, burst=2)
    limiter.wait("a", 0.0)
    assert [limiter.wait("a", 100.0) == 0.0 for _ in range(3)] == [True, True, False]
