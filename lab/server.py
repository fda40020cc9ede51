"""A server of the laboratory, behind the balancer: answers each request with a byte.

usage: server.py ADDRESS PORT [--idle SECONDS] [--age SECONDS] [--pending SECONDS]

A client says first what it is: R, a session that may fall silent, or M, a long poll, which is sent a byte each
PENDING seconds. IDLE closes a session after so long without a request, AGE after so long in all. Real seconds.
"""

import argparse
import asyncio
import contextlib


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    for name in ("idle", "age", "pending"):
        parser.add_argument("--" + name, type=float)
    return parser.parse_args()


async def keep_alive(writer, every):
    while True:
        await asyncio.sleep(every)
        writer.write(b"p")


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
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
