"""A client of snapshot-v2 and stream-v2, written from docs/spec/stream-v2.md and docs/reference/stream-v2.md alone.

    python3 client.py http://127.0.0.1:8080 [--seconds N]

It follows every fixed channel, says on stdout what happens to it, one JSON object a line, and answers the line "state" on
stdin; "follow NAME" and "leave NAME" there are channels of bars that come and go. It ends with its stdin, or after N
seconds with a last state. Python 3.8 or later, no packages.
"""
import argparse
import http.client
import json
import os
import select
import sys
from collections import Counter
from random import uniform
from time import monotonic
from urllib.parse import urlencode, urlsplit

from session import Ended, Session
from websocket import Closed, WebSocket
from window import Window

COMES_AGAIN = {1000: "bootstrap", 4004: "bootstrap", 1012: "resume", 4009: "resume", 4010: "reload",  # else: "backoff"
               1009: "never", 4001: "never", 4002: "never", 4005: "never"}


class Client:
    def __init__(self, url, seconds):
        self.host, self.port = urlsplit(url).hostname, urlsplit(url).port or 80
        self.stdin, self.until = None if seconds else b"", monotonic() + (seconds or float("inf"))
        self.counters, self.windows, self.failures, self.retry_after = Counter(), {}, 0, 0
        self.epoch = self.session_id = self.token = None
        self.fresh, self.token_until, self.token_ttl = True, 0, 0  # fresh: begins without cursors and token
        self.left = []  # channels that the server is to be told of

    def say(self, event, **facts):
        print(json.dumps({"event": event, **facts}), flush=True)

    def say_state(self):
        channels = {name: {"seq": w.cursor, "count": len(w.rows), "digest": w.digest, "rung": w.rung,
                           "diverged": w.diverged} for name, w in self.windows.items()}
        self.say("state", epoch=self.epoch, channels=channels, counters=self.counters)

    def obey(self, command, name=None):
        if command == "state":
            self.say_state()
        elif command == "follow" and name not in self.windows:
            self.windows[name] = Window()
            self.windows[name].needs = "new"
        elif command == "leave" and self.windows.pop(name, None):
            self.left.append(name)

    def wait(self, seconds, ws=None):
        """Waits so long, or until the socket has given something; answers stdin."""
        end = min(monotonic() + seconds, self.until)
        while (left := end - monotonic()) > 0:
            ready = select.select([*([ws.socket] if ws else []), *([] if self.stdin is None else [0])], [], [], left)[0]
            if 0 in ready:
                data = os.read(0, 4096)
                *lines, self.stdin = (self.stdin + data).split(b"\n")
                for line in lines:
                    self.obey(*line.decode().split())
                if not data:
                    sys.exit()
            if ws and ws.socket in ready:
                return ws.read()
        if end == self.until:
            self.say_state()
            sys.exit()

    def get(self, path):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            self.retry_after = min(60, float(answer.headers.get("Retry-After", 0)))
            return answer.status, json.loads(answer.read())
        except http.client.HTTPException as error:
            raise OSError(repr(error)) from error
        finally:
            connection.close()

    def snapshot(self, names, whole):
        """Of these channels, or of all for a client that has none; whole, or what changed since the oldest cursor."""
        self.counters["snapshots"] += 1
        held = [] if self.fresh else [self.windows[name].cursor for name in names]
        query = {} if whole else {"cursor": f"{self.epoch}:{min(held)}"}
        if names:
            query["channels"] = ",".join(names)
        status, body = self.get("/dashboard/snapshot-v2?" + urlencode(query))
        if held and status in (200, 409) and body["epoch"] != self.epoch:
            raise Ended("another epoch", "bootstrap")
        if status != 200:
            raise OSError(f"snapshot: HTTP {status}")
        if held and body["snapshot_seq"] < max(held):
            raise OSError("the snapshot is older than a cursor")
        return body

    def bootstrap(self):
        """Whole windows; or, where only the token has run out, what changed since the oldest cursor."""
        whole = self.fresh or any(w.needs == "new" for w in self.windows.values())
        snapshot = self.snapshot(list(self.windows), whole)
        self.epoch, self.token_ttl = snapshot["epoch"], snapshot["resume_token_ttl_ms"] / 1000
        self.windows, self.left = {name: self.windows.get(name, Window()) for name in snapshot["channels"]}, []
        for name, part in snapshot["channels"].items():
            self.windows[name].needs = None
            self.windows[name].apply(part, snapshot["snapshot_seq"])
            self.compare(name, part)

    def compare(self, name, told):
        w = self.windows[name]
        self.counters["compared"] += 1
        if (told["count"], told["digest"]) == (len(w.rows), w.digest):
            w.diverged = False
            return
        self.counters["mismatches"] += 1
        self.say("mismatch", channel=name, seq=w.cursor, count=len(w.rows), digest=w.digest,
                 server={"count": told["count"], "digest": told["digest"]})
        w.diverged = monotonic() - w.refetched_at < 30
        if not w.diverged:
            w.needs = "mismatch"

    def connection(self):
        """One connection to its end; returns how to come again, and after how many seconds at least."""
        ws = session = None
        self.retry_after = 0
        try:
            if self.fresh or monotonic() > self.token_until:
                self.bootstrap()
            ws = WebSocket(self.host, self.port, "/dashboard/stream-v2")
            session = Session(ws, self)
            while True:
                session.read()
                session.tick()
                self.wait(1, ws)
        except Closed as closed:
            why, how = closed, COMES_AGAIN.get(closed.code, "backoff")
        except Ended as ended:
            why, how = ended.args
        except OSError as error:
            why, how = error, "backoff"
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            self.counters["malformed"] += 1
            why, how = error, "backoff"
        finally:
            if ws:
                ws.socket.close()
        if session and session.live_since and monotonic() - session.live_since >= 30:
            self.failures = 0
        how = session and session.next or how
        self.failures += how != "resume" or not (session and (session.next or session.live_since))
        self.say("disconnected", why=repr(why), next=how)
        return how, session.after if session else self.retry_after

    def run(self):
        while True:
            how, after = self.connection()
            if how in ("never", "reload"):
                sys.exit(f"gives up: {how}")
            self.fresh = self.fresh or how == "bootstrap" or self.failures >= 6
            if self.failures < 6:
                self.wait(after + uniform(0, min(15, 0.25 * 2 ** max(0, self.failures - 1))))
            else:
                self.say("circuit_open")
                while not self.is_ready():
                    pass

    def is_ready(self):
        self.wait(uniform(15, 30))
        try:
            return self.get("/health/ready")[0] == 200
        except (OSError, ValueError):
            return False


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Follows every channel of a stream-v2 server.")
    parser.add_argument("url")
    parser.add_argument("--seconds", type=float, help="ends after so many; stdin is not read")
    options = parser.parse_args()
    Client(options.url, options.seconds).run()
