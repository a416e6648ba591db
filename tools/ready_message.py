"""What `make run` says when the service is up: commands to paste, from the clone's folder."""

import json

from tools.listening import Address, addresses

NUMBER = "74957777777"


def commands(calls: Address, admin: Address) -> list[str]:
    """Return shell commands that work while the service listens on these addresses."""
    usual_calls, usual_admin = addresses({})
    address = str(calls.reachable)
    target = "" if calls == usual_calls else f" --target {address}"
    admin_target = "" if admin == usual_admin else f" --admin-target {admin.reachable}"
    question = {
        "simulate": True,
        "callId": "try-it",
        "decidedAt": "2026-01-01T12:00:00Z",
        "called": {"e164": NUMBER},
        "tier": "TIER_CLI",
        "attempt": 1,
    }
    method = "dialplane.routing.v1.RoutingService/BuildDialString"
    curl = ".venv/bin/buf curl --protocol grpc --http2-prior-knowledge"
    return [
        f".venv/bin/dialplane route {NUMBER} --tier CLI --explain{target}",
        f".venv/bin/dialplane doctor{admin_target}",
        f"{curl} --data '{json.dumps(question)}' http://{address}/{method}",
    ]


def ready_message(calls: Address, admin: Address) -> str:
    """Return the whole message."""
    lines = [
        "",
        f"Dialplane is ready: calls on {calls}, administration on {admin}. Ctrl-C stops it.",
        "Try it, from this folder in another terminal:",
        "",
        *(f"  {command}" for command in commands(calls, admin)),
        "",
    ]
    return "\n".join(lines)
