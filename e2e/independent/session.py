"""The session of one connection: batches, credit, heartbeats, repairs."""
import json
from random import uniform
from time import monotonic


class Ended(Exception):
    """The client ends the connection itself; its second argument is how to come again."""


class Session:
    """`client` is what outlives it: the windows, the token, the counters."""

    def __init__(self, ws, client):
        self.ws, self.client, self.windows, self.counters = ws, client, client.windows, client.counters
        self.resuming = not client.fresh and monotonic() < client.token_until
        self.next, self.after = None, 0  # how to come again, if the server has said so, and in how many seconds
        self.live_since = self.unanswered = None
        self.repair_at = self.repair_failures = 0
        self.ticked, self.deadline = monotonic(), monotonic() + 10

    def read(self):
        for text in self.ws.texts():
            self.on_message(json.loads(text))

    def send(self, op, **fields):
        self.ws.send(json.dumps({"op": op, **fields}).encode())

    def cursors(self):
        return {name: w.cursor for name, w in self.windows.items() if w.needs != "new"}

    def on_message(self, message):
        kind = message["type"] if message["op"] == "DISPATCH" else message["op"]
        name = message.get("channel")
        w = self.windows.get(name)
        if "resume_token" in message:
            self.client.token, self.client.token_until = message["resume_token"], monotonic() + self.client.token_ttl
        if kind == "HELLO":
            self.on_hello(message)
        elif kind == "SNAPSHOT_ACK":
            self.live_since, self.due, self.client.fresh = monotonic(), monotonic() + uniform(0, self.interval), False
            for window in self.windows.values():
                window.begin_session()
            self.client.say("resumed" if message["resumed"] else "bootstrapped", epoch=self.client.epoch)
            self.grant(self.windows)
        elif kind == "HEARTBEAT_ACK":
            self.on_heartbeat_ack(message)
        elif kind == "INVALID_SESSION":
            self.next = "bootstrap"  # the close follows
        elif kind == "RECONNECT":
            self.next, self.after = "backoff" if message["reason"] == "behind" else "resume", min(60, message["after_ms"] / 1000)
        elif kind not in ("DELTA_BATCH", "RESYNC_REQUIRED", "NOTICE"):
            raise ValueError(f"unknown message {kind}")
        elif w and kind == "DELTA_BATCH":
            w.credit = max(0, w.credit - 1)
            self.take(name, message)
            self.grant([name])
        elif w and kind == "RESYNC_REQUIRED":
            w.needs, w.owes_resync = "out_of_reach", True
        elif w:
            w.rung = message["rung"]

    def on_hello(self, hello):
        if hello["protocol"] != 2:
            raise Ended("another protocol", "reload")
        self.interval, self.max_credit = hello["heartbeat_interval_ms"] / 1000, hello["limits"]["max_credit"]
        self.ws.max_bytes, self.deadline = hello["limits"]["max_frame_bytes"], monotonic() + 10
        client, cursors = self.client, self.cursors()
        if self.resuming:
            self.send("RESUME", protocol=2, session_id=client.session_id, resume_token=client.token,
                      last_seq=min(cursors.values()), channel_seq=cursors, subscriptions=list(cursors))
        else:
            client.session_id = hello["session_id"]
            self.send("IDENTIFY", protocol=2, snapshot_seq=min(cursors.values()), epoch=client.epoch,
                      subscriptions=list(cursors), client="independent/1")

    def take(self, name, batch):
        """Applies a batch, or keeps it while its channel is paused, or finds the gap before it."""
        w = self.windows[name]
        if not w.needs and batch["prev_seq"] > w.cursor:
            self.counters["gaps"] += 1
            w.needs = "delta"
        if w.needs:
            w.buffer.append(batch)
        elif batch["seq"] <= w.cursor:
            self.counters["duplicates"] += 1
        else:
            patch, watermark = batch["patch"], batch["watermark"]
            w.apply(patch, batch["seq"])
            self.counters["evicted"] += batch["evicted"]
            sent = len(patch["upsert"]) + len(patch["remove"]) + batch["evicted"]
            self.counters["coalesced"] += max(0, batch["changes"] - sent)
            w.behind = watermark["digest"] is None
            if not w.behind:
                self.client.compare(name, watermark)

    def grant(self, names):
        """Tops credit up: 2 batches of a channel on their way, 16 while it is behind."""
        credit = {}
        for name in names:
            w = self.windows[name]
            more = min(16 if w.behind else 2, self.max_credit) - w.credit
            if more > 0 and not w.needs:
                credit[name], w.credit, w.granted = more, w.credit + more, w.granted + more
        if credit:
            self.send("CREDIT", channel_credit=credit)

    def on_heartbeat_ack(self, ack):
        """Compares what the server says of each channel with what is known here."""
        if self.unanswered is None:
            return  # the copy of an answer says nothing new
        self.unanswered = None
        self.counters["heartbeats"] += 1
        for name, told in ack["channels"].items():
            w = self.windows.get(name)
            if not w or w.resynced or w.needs == "new":  # left, or a RESYNC or SUBSCRIBE went out since the HEARTBEAT
                continue
            self.counters["lost_frames"] += max(0, w.credit - w.granted - told["credit"])
            w.credit = told["credit"] + w.granted
            if "reach" in told:
                w.needs, w.owes_resync = "out_of_reach", True
            elif told["seq"] > w.cursor and not w.needs:
                self.counters["gaps"] += 1
                w.needs = "delta"
        self.grant(self.windows)

    def repair(self):
        """One snapshot for all channels that are paused."""
        paused, owed, new = {name: w for name, w in self.windows.items() if w.needs}, {}, {}
        try:
            snapshot = self.client.snapshot(list(paused), whole=any(w.needs != "delta" for w in paused.values()))
        except (OSError, ValueError):
            self.repair_failures += 1
            backoff = uniform(0, min(15, 0.125 * 2 ** self.repair_failures))
            self.repair_at = monotonic() + max(backoff, self.client.retry_after)
            return
        self.repair_failures = 0
        for name, w in paused.items():
            if w.needs == "mismatch":
                w.refetched_at = monotonic()
            if w.needs == "new":
                new[name], w.resynced = snapshot["snapshot_seq"], True
            part, buffered, w.buffer, w.needs = snapshot["channels"][name], w.buffer, [], None
            w.apply(part, snapshot["snapshot_seq"])
            self.client.compare(name, part)
            for batch in buffered:
                self.take(name, batch)
            if w.needs == "delta" or (w.owes_resync and not w.needs):  # the server sends what is still missing
                owed[name], w.needs, w.buffer, w.owes_resync, w.resynced = w.cursor, None, [], False, True
        if owed:
            self.send("RESYNC", channel_seq=owed)
        if new:
            self.send("SUBSCRIBE", channel_seq=new)
        self.grant(paused)

    def tick(self):
        """Does what is due: a heartbeat, a repair, giving up."""
        now = monotonic()
        if now - self.ticked > 3:  # this process was frozen
            self.ws.heard = now
        self.ticked = now
        if not self.live_since:
            if now > self.deadline:
                raise OSError("no HELLO or SNAPSHOT_ACK within 10 s")
            return
        if self.unanswered is not None and now - max(self.unanswered, self.ws.heard) > self.interval * 2 / 3:
            raise OSError("the server is dead")
        if now >= self.due:
            self.due, self.unanswered = now + self.interval, self.unanswered or now
            for w in self.windows.values():
                w.granted, w.resynced = 0, False
            self.send("HEARTBEAT", channel_seq=self.cursors())
        for w in self.windows.values():
            if w.diverged and not w.needs and now - w.refetched_at >= 30:
                w.needs = "mismatch"
        if self.client.left:
            self.send("UNSUBSCRIBE", channels=self.client.left)
            self.client.left = []
        if now >= self.repair_at and any(w.needs for w in self.windows.values()):
            self.repair()
