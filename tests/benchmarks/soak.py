"""Whether the server's memory stays as it is under mixed load.

    .venv/bin/python -m tests.benchmarks.soak        an hour
    .venv/bin/python -m tests.benchmarks.soak 5 50   five minutes, fifty requests a second for each of four callers

`cafe serve` is asked for the menu, for items by operations that are never the same twice, for orders by pages; orders
are placed, read by their token, called off and followed. Each minute its resident memory is printed: the first minutes
fill caches up to their bounds, and from then on it is to be flat.
"""

import http.client
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.running import KEY, serving

CALLERS = 4

LATTE = '{ item: "latte", options: [{ group: "size", option: "medium" }] }'
PLACE = f"""mutation($n: String!) {{
  placeOrder(input: {{ lines: [{LATTE}, {{ item: "espresso", quantity: 2 }}] }}, idempotencyKey: $n) {{
    order {{ id number totals {{ total {{ formatted }} }} }} trackingToken problems {{ message }}
  }}
}}"""
MENU = "{ menu { version categories { name items { slug name price { formatted } optionGroups { slug } } } } }"
BOOK = """query($after: String) {
  orders(first: 20, after: $after) { nodes { id number status lines { name } } pageInfo { endCursor } }
}"""
FIND = "query($t: String!) { order(by: { token: $t }) { number status events { at actor } queuePosition } }"
CANCEL = "mutation($t: String!) { cancelOrder(by: { token: $t }) { order { status } problems { message } } }"
QUOTE = '{ quote(input: { lines: [{ item: "cappuccino" }], tip: { percent: 10 } }) { totals { total { amount } } } }'
FOLLOW = "subscription($t: String!) { orderUpdated(by: { token: $t }) { cursor order { status } } }"


class Caller:
    """One connection that asks without an end, `rate` times a second."""

    def __init__(self, address: str, rate: float, number: int) -> None:
        self._address, self._pause, self._number = address, 1 / rate, number
        self._connection = http.client.HTTPConnection(address, timeout=30)
        self.asked = 0

    def work(self, until: float) -> None:
        for query, variables, accept in self._questions():
            if time.monotonic() > until:
                return
            self._ask(query, variables, accept)
            time.sleep(self._pause)

    def _questions(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        cursor = None
        while True:
            n = f"{self._number}-{self.asked}"
            token = self._ask(PLACE, {"n": n})["placeOrder"]["trackingToken"]
            yield MENU, {}, "application/json"
            yield (
                f'{{ a{self.asked}: menuItem(slug: "latte") {{ name price {{ minorUnits }} }} }}',
                {},
                "application/json",
            )
            yield FIND, {"t": token}, "application/json"
            yield QUOTE, {}, "application/json"
            cursor = self._ask(BOOK, {"after": cursor})["orders"]["pageInfo"]["endCursor"]
            yield CANCEL, {"t": token}, "application/json"
            yield FOLLOW, {"t": token}, "text/event-stream"

    def _ask(self, query: str, variables: dict[str, Any], accept: str = "application/json") -> Any:
        headers = {"Content-Type": "application/json", "Accept": accept, "X-API-Key": KEY}
        self._connection.request("POST", "/graphql", json.dumps({"query": query, "variables": variables}), headers)
        body = self._connection.getresponse().read()
        self.asked += 1
        if accept == "text/event-stream":
            assert b"CANCELLED" in body, body
            return None
        answer = json.loads(body)
        assert "errors" not in answer, answer
        return answer["data"]


def main(minutes: str = "60", rate: str = "50") -> None:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "cafe.db") as (server, url):
        end = time.monotonic() + float(minutes) * 60
        callers = [Caller(urlsplit(url).netloc, float(rate), number) for number in range(CALLERS)]
        threads = [threading.Thread(target=caller.work, args=(end,)) for caller in callers]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        while time.monotonic() < end:
            time.sleep(min(60, max(0.1, end - time.monotonic())))
            asked = sum(caller.asked for caller in callers)
            print(
                f"{(time.monotonic() - began) / 60:5.1f} min {asked:10,} asked {_resident(server.pid):8.1f} MiB",
                flush=True,
            )
        for thread in threads:
            thread.join()


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
