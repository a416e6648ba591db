"""Several workers behind one port: replaced when they die, stopped together."""

import os
import signal
import time
from pathlib import Path

import grpc

from dialplane.routing.v1.routing_service_pb2_grpc import RoutingServiceStub
from tests.rpc.harness import FROM_USER
from tests.service.process import ServiceProcess, service_process

TWO = {"DIALPLANE_WORKERS": "2", "DIALPLANE_LOG_FORMAT": "json"}
FRESH = (("grpc.use_local_subchannel_pool", 1), ("grpc.enable_http_proxy", 0))


def children(service: ServiceProcess) -> set[int]:
    pid = service.process.pid
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return {int(child) for child in text.split()}


def ask(service: ServiceProcess) -> str:
    with grpc.insecure_channel(service.routing, options=FRESH) as channel:
        return RoutingServiceStub(channel).ClassifyCall(FROM_USER, timeout=5).call_id


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def until_dead(pids: set[int]) -> None:
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_two_workers_give_one_answer_are_replaced_and_stop_in_order(tmp_path: Path) -> None:
    with service_process(tmp_path, **TWO) as service:
        service.await_serving()
        first = children(service)
        assert len(first) == 2
        assert len({ask(service) for _ in range(10)}) == 1
        victim = min(first)
        os.kill(victim, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while service.stderr.read_text().count("worker_ready") < 3:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert len(children(service)) == 2
        assert victim not in children(service)
        assert ask(service)
        last = children(service)
        service.send(signal.SIGTERM)
        assert service.wait() == 0
        until_dead(last)


def test_workers_that_keep_dying_end_the_service(tmp_path: Path) -> None:
    with service_process(tmp_path, FAKE_DEAD="1", **TWO) as service:
        assert service.wait() == 4
    lines = service.stderr.read_text().splitlines()
    assert "died 5 times in a row" in lines[-1]
    assert "exit code 7" in lines[-1]
    assert not any("Traceback" in line for line in lines)


def test_workers_whose_parent_is_killed_stop_by_themselves(tmp_path: Path) -> None:
    with service_process(tmp_path, **TWO) as service:
        service.await_serving()
        workers = children(service)
        service.send(signal.SIGKILL)
        until_dead(workers)


def test_a_stop_while_the_workers_start_is_a_stop(tmp_path: Path) -> None:
    with service_process(tmp_path, **TWO) as service:
        deadline = time.monotonic() + 10
        while not children(service):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        workers = children(service)
        service.send(signal.SIGTERM)
        service.wait()
        until_dead(workers)
