"""So many people who draw, as their browsers ask: python -m bench.predict_crowd ADDRESS RUN PEOPLE, until killed."""

import http.client
import sys
import threading
import time
from urllib.parse import urlsplit

import numpy as np

from bench.pen import drawn
from bench.predict import png

SPACING = 0.2  # seconds between two questions while one draws
STROKE = 5  # questions, the last one with what is alike


def draw(address: str, run: str, person: int) -> None:
    """One digit after another, each of one stroke."""
    random, place = np.random.default_rng(person), urlsplit(address)
    time.sleep(random.uniform(0, 1))
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
    while True:
        picture = png(drawn(int(random.integers(10)), random))
        for question in range(STROKE):
            alike = "&alike=6" if question == STROKE - 1 else ""
            connection.request("POST", f"/api/runs/{run}/predict?seen=1&steps=cut,fit,centre{alike}", picture)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
            time.sleep(SPACING)


if __name__ == "__main__":
    address, run, people = sys.argv[1:]
    for person in range(int(people)):
        threading.Thread(target=draw, args=(address, run, person)).start()
