from __future__ import annotations

import pytest

from chatkit_harness.reference.sessions import ExpiredSessionError, SessionStore, UnknownSessionError


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_session_keeps_what_it_is_told(clock: Clock) -> None:
    store = SessionStore(clock=clock)
    session = store.create("ann")
    store.update(session.id, symbol="TSLA", timeframe="1D", faults={"market_data": "slow"})
    store.update(session.id, timeframe=None, snapshot_id="s1")
    kept = store.get(session.id)
    assert (kept.user, kept.symbol, kept.timeframe, kept.snapshot_id) == ("ann", "TSLA", None, "s1")
    assert kept.faults == {"market_data": "slow"}


def test_nobody_guesses_an_id() -> None:
    store = SessionStore()
    assert len({store.create("ann").id for _ in range(100)}) == 100
    with pytest.raises(UnknownSessionError, match="unknown session sess_1"):
        store.get("sess_1")


def test_a_session_expires_and_says_so_even_when_it_was_swept(clock: Clock) -> None:
    store = SessionStore(ttl_seconds=60, clock=clock)
    session = store.create("ann")
    clock.now += 60
    for _ in range(2):
        with pytest.raises(ExpiredSessionError, match="has expired"):
            store.get(session.id)
        with pytest.raises(ExpiredSessionError):
            store.update(session.id, symbol="TSLA")
        store.sweep()
    assert len(store) == 0


def test_a_session_lives_on_with_each_change(clock: Clock) -> None:
    store = SessionStore(ttl_seconds=60, clock=clock)
    session = store.create("ann")
    clock.now += 50
    changed = store.update(session.id, symbol="TSLA")
    assert (changed.created, changed.updated, changed.expires) == (1000, 1050, 1110)
    clock.now += 50
    assert store.get(session.id).symbol == "TSLA"


def test_the_sweep_tells_how_many_it_took(clock: Clock) -> None:
    store = SessionStore(ttl_seconds=60, clock=clock)
    store.create("ann")
    store.create("bob")
    clock.now += 61
    assert (len(store), store.sweep(), store.sweep(), len(store)) == (2, 2, 0, 0)


def test_opening_a_session_sweeps(clock: Clock) -> None:
    store = SessionStore(ttl_seconds=60, clock=clock)
    store.create("ann")
    clock.now += 61
    store.create("bob")
    assert len(store) == 1


def test_the_one_that_changed_longest_ago_makes_room(clock: Clock) -> None:
    store = SessionStore(clock=clock, max_sessions=2)
    first, second = store.create("ann"), store.create("bob")
    store.update(first.id, symbol="TSLA")
    third = store.create("cid")
    assert [store.get(each.id).user for each in (first, third)] == ["ann", "cid"]
    with pytest.raises(UnknownSessionError):
        store.get(second.id)
