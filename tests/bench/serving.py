"""A server for the measurements: the application over one database, as `qa-workflow run` serves it, without the clock.

`python -m tests.bench.serving URL` prints the port, and serves until it is told to end.
"""

from __future__ import annotations

import asyncio
import sys

import uvicorn

from qa_workflow.web import create_app
from qa_workflow.wiring import join


async def serve(url: str) -> None:
    """Serve on a port that is free."""
    server = uvicorn.Server(uvicorn.Config(create_app(join(url)), port=0, log_level="warning", access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    await serving


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
