"""The streams of a real server: each step once, to whoever looks, however slowly."""

import asyncio
import shutil
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from api import live as live_module
from dl.runs import Run
from dl.runs.log.steps import StepLog, append_epoch
from dl.runs.transitions import transition

FakeRun = Callable[..., Run]


def add_steps(run: Run, count: int) -> None:
    with StepLog(run.folder) as log:
        log.append(np.full(count, time.time()), 4, np.full(count, 0.5), np.full(count, 0.5))


def finish(run: Run) -> None:
    run.write_status(run.written_status().update(state="FINISHED", phase="ended", ended_at=time.time()))


def steps_in(events: list[dict[str, Any]]) -> list[int]:
    """Of events that are small enough to have every step on its own."""
    steps: list[int] = []
    for event in events:
        steps += event["curves"]["loss"]["raw"]["step"] if "curves" in event else []
        steps += event["columns"]["step"] if "columns" in event else []
    return steps


def test_each_step_comes_once_and_the_stream_ends_with_the_run(served: Any, fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", epochs=1, steps_per_epoch=12)
    stream = served.stream(f"/base/api/runs/{run.id}/live?smoothing=0.9")
    assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
    events = [stream.next()]
    assert events[0]["curves"]["loss"]["smooth"]["step"] == list(range(1, 13))
    for count in (3, 7, 2):
        add_steps(run, count)
        events += stream.until(lambda event: event["step"] == len(run.steps()))
    append_epoch(run.folder, {"epoch": 2, "loss": 0.5, "accuracy": 0.5, "steps": 12})
    finish(run)
    events += stream.rest()
    assert steps_in(events) == list(range(1, 25))
    assert [epoch["epoch"] for event in events for epoch in event["epochs"]] == [1, 2]
    assert [event["over"] for event in events[:-1]] == [False] * (len(events) - 1)
    assert events[-1]["over"] and events[-1]["position"]["state"] == "FINISHED"
    assert stream.id == events[-1]["cursor"]


def test_event_says_when_its_last_step_was_computed(served: Any, fake_run: FakeRun) -> None:
    run = fake_run("RUNNING")
    stream = served.stream(f"/base/api/runs/{run.id}/live")
    stream.next()
    add_steps(run, 1)
    event = stream.until(lambda event: "columns" in event)[-1]
    assert 0 <= time.time() - event["time"] < 2 and event["step"] == len(run.steps())


def test_reader_who_comes_back_gets_what_was_missed_and_no_more(served: Any, fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", epochs=1, steps_per_epoch=12)
    stream = served.stream(f"/base/api/runs/{run.id}/live")
    events = [stream.next()]
    last, _ = stream.id, stream.close()
    add_steps(run, 20)
    again = served.stream(f"/base/api/runs/{run.id}/live?after=0", **{"Last-Event-ID": last})
    events += again.until(lambda event: event["step"] == 32)
    assert steps_in(events) == list(range(1, 33)) and again.answer.status == 200
    after = served.stream(f"/base/api/runs/{run.id}/live?after=30")
    assert steps_in([after.next()]) == [31, 32]


def test_many_viewers_are_told_the_same_by_one_tail(served: Any, fake_run: FakeRun) -> None:
    run = fake_run("RUNNING", epochs=1, steps_per_epoch=12)
    streams = [served.stream(f"/base/api/runs/{run.id}/live") for _ in range(30)]
    firsts = [stream.next() for stream in streams]
    assert list(served.live._tails) == [run.id] and served.live._tails[run.id].viewers == 30
    add_steps(run, 4)
    seconds = [stream.until(lambda event: event["step"] == 16) for stream in streams]
    assert all(steps_in([first, *second]) == list(range(1, 17)) for first, second in zip(firsts, seconds, strict=True))
    for stream in streams:
        stream.close()
    end = time.monotonic() + 10
    while served.live._tails and time.monotonic() < end:
        add_steps(run, 1)  # who has left is noticed when something is sent
        time.sleep(0.1)
    assert not served.live._tails, "a tail without viewers goes on"


def test_slow_reader_gets_fewer_and_larger_events(served: Any, fake_run: FakeRun) -> None:
    """The tail keeps nothing for who does not read: what was missed comes at once when the reader asks again."""
    run = fake_run("RUNNING", epochs=1, steps_per_epoch=12)
    quick = served.stream(f"/base/api/runs/{run.id}/live")
    quick.next()
    heard = []

    async def read_slowly() -> None:
        tail = served.live._tails[run.id]
        async for event in tail.events(live_module.Cursor(12, 1), 0.0):
            heard.append(event)
            await asyncio.sleep(1.5 if len(heard) == 2 else 0)

    reading = asyncio.run_coroutine_threadsafe(read_slowly(), served.loop)
    for _ in range(12):
        add_steps(run, 5)
        time.sleep(0.15)
    finish(run)
    events = quick.rest()
    reading.result(20)
    assert len(events) > 8 > len(heard) - 1
    assert len(served.live._tails) == 0 or len(served.live._tails[run.id]._encoded) <= 3


def test_queue_is_told_when_it_changes(served: Any, fake_run: FakeRun) -> None:
    run = fake_run("RUNNING")
    stream = served.stream(f"/base/api/runs/{run.id}/live")
    assert stream.next()["queue"] == []
    served.queue.append("7")
    assert stream.next()["queue"] == ["7"]


def test_paused_run_is_watched_on_until_it_goes_on(served: Any, fake_run: FakeRun) -> None:
    run = fake_run("PAUSED")
    stream = served.stream(f"/base/api/runs/{run.id}/live")
    assert stream.next()["position"]["state"] == "PAUSED"
    run.write_status(transition(run.written_status(), "resumed", time.time()))
    add_steps(run, 1)
    assert stream.until(lambda event: "columns" in event)[-1]["position"]["state"] == "QUEUED"


def test_stream_ends_when_the_run_s_folder_is_removed(served: Any, fake_run: FakeRun) -> None:
    run = fake_run("RUNNING")
    stream = served.stream(f"/base/api/runs/{run.id}/live")
    stream.next()
    shutil.rmtree(run.folder)
    assert stream.rest()[-1] == {"gone": True, "over": True}
    assert served.json(f"/base/api/runs/{run.id}/live")[0] == 404


def test_one_event_is_answered_as_json_when_it_is_asked_for_once(served: Any, fake_run: FakeRun) -> None:
    run = fake_run(epochs=3, steps_per_epoch=12)
    status, news = served.json(f"/base/api/runs/{run.id}/live?once=1&smoothing=0.5")
    assert status == 200 and steps_in([news]) == list(range(1, 37)) and "smooth" in news["curves"]["loss"]
    status, news = served.json(f"/base/api/runs/{run.id}/live?once=1&after={news['cursor']}")
    assert steps_in([news]) == [] and news["epochs"] == []
    status, news = served.json(f"/base/api/runs/{run.id}/live?until=24")
    assert steps_in([news]) == list(range(1, 25))


def test_range_is_given_in_detail(served: Any, fake_run: FakeRun) -> None:
    run = fake_run(epochs=0)
    with StepLog(run.folder) as log:
        log.append(np.zeros(50_000), 1, np.random.default_rng(0).random(50_000), np.zeros(50_000))
    path = f"/base/api/runs/{run.id}/curve?from=20000&to=20200&columns=100&metric=loss&smoothing=0.9"
    status, answer = served.json(path)
    assert (status, answer["step"], list(answer["curves"])) == (200, 50_000, ["loss"])
    assert set(range(20_000, 20_201)) <= set(answer["curves"]["loss"]["raw"]["step"])
    assert len(answer["curves"]["loss"]["smooth"]["step"]) < 1000
    assert set(served.json(f"/base/api/runs/{run.id}/curve")[1]["curves"]) == {"loss", "accuracy"}


@pytest.mark.parametrize("id", ["999", "0", "x", "..", "%2e%2e", "1%2f..%2f1"])
@pytest.mark.parametrize("what", ["live", "live?once=1", "curve"])
def test_unknown_run_is_404_with_a_reason(id: str, what: str, served: Any) -> None:
    answer = served.ask(f"/base/api/runs/{id}/{what}")
    assert answer.status == 404
    if "%" not in id and id != "..":
        assert b'"error":"unknown_run"' in answer.read()


def test_damaged_run_is_refused_with_a_reason(served: Any, fake_run: FakeRun) -> None:
    run = fake_run()
    (run.folder / "status.json").write_text("{")
    status, answer = served.json(f"/base/api/runs/{run.id}/live")
    assert (status, answer) == (422, {"error": "run_damaged", "run": run.id, "file": "status.json"})


@pytest.mark.parametrize(
    "query", ["smoothing=2", "smoothing=x", "from=a&to=3", "columns=1e9", "metric=f1", "from=inf&to=1"]
)
def test_bad_number_is_refused_with_what_is_allowed(query: str, served: Any, fake_run: FakeRun) -> None:
    status, answer = served.json(f"/base/api/runs/{fake_run().id}/curve?{query}")
    assert (status, answer["error"]) == (400, "bad_request") and answer["allowed"]


@pytest.mark.parametrize("what", ["live", "live?once=1", "curve"])
def test_another_origin_is_refused(what: str, served: Any, fake_run: FakeRun) -> None:
    path = f"/base/api/runs/{fake_run().id}/{what}"
    status, answer = served.json(path, Origin="http://elsewhere.example")
    assert (status, answer["error"]) == (403, "origin_not_allowed")
    assert served.ask(path, Origin=f"http://127.0.0.1:{served.port}").status == 200


def test_one_viewer_too_many_is_sent_away(served: Any, fake_run: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MOST_VIEWERS", 2)
    path = f"/base/api/runs/{fake_run('RUNNING').id}/live"
    streams = [served.stream(path) for _ in range(2)]
    assert [stream.next()["step"] for stream in streams] == [36, 36]
    assert served.json(path) == (503, {"error": "too_many_viewers", "most": 2})


def test_streams_end_and_others_are_told_so_when_the_server_closes(served: Any, fake_run: FakeRun) -> None:
    path = f"/base/api/runs/{fake_run('RUNNING').id}/live"
    stream = served.stream(path)
    stream.next()
    served.live.close()
    assert len(stream.rest()) <= 2
    assert served.json(path) == (503, {"error": "closed"})


def test_all_numbers_of_some_runs_come_as_one_table(served: Any, fake_run: FakeRun) -> None:
    first, second = fake_run(epochs=2, steps_per_epoch=12), fake_run(epochs=1, steps_per_epoch=12)
    query = f"metric=accuracy&run={second.id}&run={first.id}:7&file=my-table"
    answer = served.ask(f"/base/api/curves.csv?{query}")
    lines = answer.read().decode().splitlines()
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-table.csv"'
    assert lines[0] == "run,series,step,epoch,value" and len(lines) == 1 + 12 + 1 + 7
    assert sum(line.startswith(f"{first.id},training,") for line in lines) == 7


@pytest.mark.parametrize(
    ("query", "status"), [("run=99", 404), ("run=../1", 404), ("run=1:x", 400), ("run=1&metric=pid", 400)]
)
def test_table_of_what_is_not_there_is_refused(served: Any, fake_run: FakeRun, query: str, status: int) -> None:
    fake_run()
    assert served.ask(f"/base/api/curves.csv?{query}").status == status


def test_name_of_a_table_cannot_leave_its_header(served: Any, fake_run: FakeRun) -> None:
    run = fake_run()
    answer = served.ask(f"/base/api/curves.csv?run={run.id}&file=a%22%0d%0aX-Evil:1")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="aX-Evil1.csv"'
    assert "X-Evil" not in answer.headers
