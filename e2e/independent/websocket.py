"""The client's half of RFC 6455, as far as a stream of text needs it."""
import base64
import hashlib
import os
import socket
import struct
from time import monotonic

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Closed(Exception):
    """The server has closed with this code."""

    def __init__(self, code, reason):
        super().__init__(f"closed {code} {reason}")
        self.code = code


class WebSocket:
    def __init__(self, host, port, path):
        self.data, self.message, self.max_bytes = b"", b"", 1 << 20
        self.socket = socket.create_connection((host, port), timeout=10)
        key = base64.b64encode(os.urandom(16))
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key.decode()}\r\n\r\n".encode())
        while b"\r\n\r\n" not in self.data:
            self.read()
        head, self.data = self.data.split(b"\r\n\r\n", 1)
        accept = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        if b" 101 " not in head.split(b"\r\n")[0] or base64.b64encode(accept) not in head:
            raise OSError("not upgraded")

    def read(self):
        data, self.heard = self.socket.recv(1 << 16), monotonic()
        if not data:
            raise OSError("cut off")
        self.data += data

    def send(self, payload, opcode=TEXT):
        size, mask = len(payload), os.urandom(4)  # a client's frame is far below 64 KiB
        head = bytes([128 | opcode, 128 | size]) if size < 126 else struct.pack(">BBH", 128 | opcode, 254, size)
        self.socket.sendall(head + mask + bytes(byte ^ mask[at & 3] for at, byte in enumerate(payload)))

    def frame(self):
        """Takes a whole frame off what arrived: (last, opcode, payload), or None."""
        at = 2 if len(self.data) < 2 else {126: 4, 127: 10}.get(self.data[1] & 127, 2)
        if len(self.data) < at:
            return None
        first, second = self.data[:2]
        size = second & 127 if at == 2 else int.from_bytes(self.data[2:at], "big")
        if first & 0x70 or second & 0x80 or first & 15 not in (0, TEXT, CLOSE, PING, PONG) or size > self.max_bytes:
            raise ValueError("not a frame of this server")
        if len(self.data) < at + size:
            return None
        payload, self.data = self.data[at:at + size], self.data[at + size:]
        return first & 128, first & 15, payload

    def texts(self):
        """The whole messages among what arrived; ping and close are answered."""
        while frame := self.frame():
            last, opcode, payload = frame
            if opcode == CLOSE:
                self.send(payload[:2], CLOSE)
                raise Closed(int.from_bytes(payload[:2], "big"), payload[2:].decode())
            if opcode == PING:
                self.send(payload, PONG)
            elif opcode != PONG:
                self.message += payload
                if last:
                    text, self.message = self.message, b""
                    yield text
