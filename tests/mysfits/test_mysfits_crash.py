"""kill -9 of the service, and of the database, in the middle of likes and adoptions: what was acknowledged is there, no
like counts that nobody sent, and nobody has won what another has."""
import contextlib
import http.client
import os
import random
import threading
from collections import Counter

import pytest

from . import Menagerie, Service, environment, item_of, make_table, mysfit, put

pytestmark = pytest.mark.slow
ROUNDS = int(os.environ.get("MENAGERIE_CRASH_ROUNDS", "100")) // 10
THREADS = 8
ADOPTED_A_ROUND = 40


class Tally:
    """What clients were told, and what they cannot know."""

    def __init__(self):
        self.lock = threading.Lock()
        self.liked, self.maybe_liked = Counter(), Counter()
        self.won, self.maybe_won, self.wrong = {}, set(), []

    def note_like(self, key, status):
        with self.lock:
            if status == 200:
                self.liked[key] += 1
            elif status in (None, 503):
                self.maybe_liked[key] += 1
            else:
                self.wrong.append((key, status))

    def note_adoption(self, key, status):
        with self.lock:
            if status == 200:
                self.won[key] = self.won.get(key, 0) + 1
            elif status in (None, 503):
                self.maybe_won.add(key)
            elif status != 409:
                self.wrong.append((key, status))


def post(port, connection, target):
    """The status, or None when nobody knows; and a connection for the next."""
    try:
        connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("POST", target)
        response = connection.getresponse()
        response.read()
        return response.status, connection
    except (OSError, http.client.HTTPException):
        connection.close()
        return None, None


def load(port, keys, tally, stopping):
    connection = None
    while not stopping.is_set():
        # One that all like at once; and some whose likes are few, so that one too many is not among those nobody knows of.
        for key in ["loved", *random.sample(keys, 2)]:
            status, connection = post(port, connection, f"/mysfits/{key}/like")
            tally.note_like(key, status)
        for key in random.sample(keys, 2):
            status, connection = post(port, connection, f"/mysfits/{key}/adopt")
            tally.note_adoption(key, status)
        if status in (None, 503):
            stopping.wait(0.01)  # there is nobody at the moment
    with contextlib.suppress(AttributeError):
        connection.close()


def check(client, keys, tally):
    assert tally.wrong == []
    for key in ["loved", *keys]:
        item = item_of(client, key)
        likes, liked, adopted = int(item["Likes"]["N"]), tally.liked[key], item["Adopted"]["BOOL"]
        assert liked <= likes <= liked + tally.maybe_liked[key], (key, liked, likes, tally.maybe_liked[key])
        assert tally.won.get(key, 0) <= 1, f"{key} was won by {tally.won[key]}"
        assert adopted or key not in tally.won, f"{key} was won, and is free"
        assert not adopted or key in tally.won or key in tally.maybe_won, f"{key} is nobody's"


def run_rounds(database, service, kill_one):
    """Load through rounds of `kill_one`, which kills and restarts what it wants."""
    tally, keys = Tally(), []
    put(database.dynamodb(), mysfit(0, MysfitId={"S": "loved"}))
    for round_ in range(ROUNDS):
        new = [f"round-{round_}-{n}" for n in range(ADOPTED_A_ROUND)]
        put(database.dynamodb(), *(mysfit(0, MysfitId={"S": key}) for key in new))
        keys += new
        stopping = threading.Event()
        threads = [threading.Thread(target=load, args=(service.port, new, tally, stopping)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        # Not to wait for something, but to hit a random moment; and for load on what was restarted.
        threading.Event().wait(random.uniform(0.05, 0.3))
        kill_one()
        threading.Event().wait(0.1)
        stopping.set()
        for thread in threads:
            thread.join()
        check(database.dynamodb(), keys, tally)
    assert tally.liked.total() > ROUNDS * THREADS and len(tally.won) > ROUNDS  # the load was one
    assert tally.maybe_liked.total() > 0


def test_killed_service_loses_no_like_and_no_adoption(tmp_path, own_database):
    service = Service(tmp_path / "service", env=environment(own_database))

    def kill_the_service():
        service.kill()
        Service.__init__(service, tmp_path / "service", "--listen", service.address, env=environment(own_database))

    run_rounds(own_database, service, kill_the_service)
    assert service.stop() == 0


def test_killed_database_loses_no_like_and_no_adoption(tmp_path, start_service):
    database = Menagerie(tmp_path / "data")
    make_table(database.dynamodb())
    service = start_service("--log-level", "error", env=environment(database))

    def kill_the_database():
        database.kill()
        database.restart()

    run_rounds(database, service, kill_the_database)
    assert database.stop() == 0
