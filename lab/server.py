"""A server of the laboratory, behind the balancer: answers each request with a byte.

usage: server.py ADDRESS PORT HEALTH_PORT [--idle SECONDS] [--age SECONDS] [--pending SECONDS]

A client says first what it is: R, a session that may fall silent, or M, a long poll, which is sent a byte each
PENDING seconds. Who connects to the HEALTH_PORT learns that the server lives. IDLE closes a session after so long without a request, AGE after so long in all. Real seconds.

It says "ready", and then "late SECONDS" each time it came later to its turn than ever before.
"""

import argparse
import asyncio
import contextlib

# How often the server looks how late it comes, and from how much more on it says so.
TURN_S = 0.1
TOLD_FROM_S = 0.005


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("health_port", type=int)
    for name in ("idle", "age", "pending"):
        parser.add_argument("--" + name, type=float)
    return parser.parse_args()


async def keep_alive(writer, every):
    while True:
        await asyncio.sleep(every)
        writer.write(b"p")


async def watch_lateness():
    loop = asyncio.get_running_loop()
    told = 0.0
    while True:
        due = loop.time() + TURN_S
        await asyncio.sleep(TURN_S)
        late = loop.time() - due
        if late >= told + TOLD_FROM_S:
            told = late
            print(f"late {late:.4f}", flush=True)


async def serve(options, reader, writer):
    poll = None
    loop = asyncio.get_running_loop()
    end = loop.time() + options.age if options.age else None
    with contextlib.suppress(ConnectionError, asyncio.TimeoutError):
        if await reader.read(1) == b"M" and options.pending:
            poll = asyncio.create_task(keep_alive(writer, options.pending))
        while True:
            limits = [limit for limit in (options.idle, end and end - loop.time()) if limit is not None]
            data = await asyncio.wait_for(reader.read(1024), min(limits) if limits else None)
            if not data:
                break
            writer.write(b"a" * data.count(b"q"))
    if poll:
        poll.cancel()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def main():
    options = arguments()
    server = await asyncio.start_server(lambda r, w: serve(options, r, w), options.address, options.port)
    health = await asyncio.start_server(lambda _, writer: writer.close(), options.address, options.health_port)
    print("ready", flush=True)
    async with server, health:
        await asyncio.gather(server.serve_forever(), watch_lateness())


if __name__ == "__main__":
    asyncio.run(main())
