"""A client's copy of a channel's window, and what it knows of the channel's flow."""
import struct


def mix(entity, seq):
    """The 64 bits of an entity in the digest of its window."""
    h1, h2, low = 0xDEADBEEF, 0x41C6CE57, 0xFFFFFFFF
    for (unit,) in struct.iter_unpack("<H", entity.encode("utf-16-le", "surrogatepass")):
        h1, h2 = (h1 ^ unit) * 0x9E3779B1 & low, (h2 ^ unit) * 0x5F356495 & low
    for part in (seq & low, seq >> 32):
        h1, h2 = (h1 ^ part) * 0x85EBCA6B & low, (h2 ^ part) * 0xC2B2AE35 & low
    h1, h2 = (h1 ^ h1 >> 16) * 0x7FEB352D & low, (h2 ^ h2 >> 16) * 0x846CA68B & low
    return (h1 ^ h1 >> 15) << 32 | h2 ^ h2 >> 15


class Window:
    def __init__(self):
        self.rows, self.bits, self.cursor, self.rung = {}, 0, 0, "full"
        self.diverged, self.refetched_at = False, float("-inf")
        self.needs = None  # what it is paused for: a "delta", or the whole window: "mismatch", "out_of_reach", "new"
        self.begin_session()

    def begin_session(self):
        self.credit = self.granted = 0  # batches that may still come; granted since the last HEARTBEAT
        self.behind = self.owes_resync = self.resynced = False
        self.buffer = []
        if self.needs == "delta":  # RESUME itself brings what a gap lacked
            self.needs = None

    @property
    def digest(self):
        return f"{self.bits:016x}"

    def apply(self, patch, cursor):
        """A batch's patch or a channel of a snapshot, after which the window stands at `cursor`."""
        upserts, floor = [(row["id"], row["seq"]) for row in patch["upsert"]], patch["evict_before"]
        for entity in list(self.rows) if patch.get("mode") == "full" else patch["remove"]:
            self._leave(entity)
        for entity, seq in upserts:
            if seq > self.rows.get(entity, (-1, 0))[0]:
                self._leave(entity)
                self.rows[entity] = seq, mix(entity, seq)
                self.bits ^= self.rows[entity][1]
        for entity in [entity for entity, (seq, _) in self.rows.items() if seq < floor]:
            self._leave(entity)
        self.cursor = cursor

    def _leave(self, entity):
        self.bits ^= self.rows.pop(entity, (0, 0))[1]
