"""Minimal FastAGI servers: `noop` reads its environment, `set` then sets one variable.

Started as a program: python noop_server.py streams|bare ADDRESS PORT. `streams` is what one writes
with asyncio's streams; `bare` is a loop that blocks, for one call at a time: the floor.
"""

import asyncio
import socket
import sys

_SET = b'SET VARIABLE "DIALPLANE_STATUS" "NOOP"\n'


def serve_bare(address: str, port: int) -> None:
    with socket.create_server((address, port), backlog=64) as server:
        print("listening", flush=True)
        while True:
            connection, _ = server.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                _answer_bare(connection)


def _answer_bare(connection: socket.socket) -> None:
    environment = b""
    while b"\n\n" not in environment:
        data = connection.recv(65_536)
        if not data:
            return
        environment += data
    if _script(environment.splitlines()) == "set":
        connection.sendall(_SET)
        connection.recv(4096)


async def serve_streams(address: str, port: int) -> None:
    server = await asyncio.start_server(_answer_streams, address, port)
    print("listening", flush=True)
    await server.serve_forever()


async def _answer_streams(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    lines = []
    while (line := await reader.readline()).strip():
        lines.append(line.strip())
    if _script(lines) == "set":
        writer.write(_SET)
        await writer.drain()
        await reader.readline()
    writer.close()
    await writer.wait_closed()


def _script(lines: list[bytes]) -> str:
    values = dict(line.decode().split(": ", 1) for line in lines if b": " in line)
    return values.get("agi_network_script", "")


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        serve_bare(sys.argv[2], int(sys.argv[3]))
    else:
        asyncio.run(serve_streams(sys.argv[2], int(sys.argv[3])))
