"""What is known of a database that is away, whoever found out."""

import asyncio

import structlog

from dialplane_service.mariadb.availability import Availability


async def test_the_task_that_looks_again_is_nobodys() -> None:
    bound: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()

    async def probe() -> None:
        bound.set_result(structlog.contextvars.get_contextvars())

    availability = Availability(probe)
    with structlog.contextvars.bound_contextvars(call_id="c1"):
        availability.lost("no answer")
    assert availability.away == "no answer"
    assert await bound == {}
    assert availability.away is None
