"""Rules for who calls and what is called."""

import re
from typing import Final

from dialplane.routing.v1.caller_pb2 import Caller, Presentation, StirAttestation
from dialplane.routing.v1.number_pb2 import Number
from dialplane_service.rpc.validation.violations import Violations

_LONGEST_CALLER_TEXT: Final = 256
_FEATURE_CODE: Final = re.compile(r"[*#][0-9*#]{1,10}", re.ASCII)
_LONGEST_DIGITS: Final = {"e164": 15, "national_short": 15, "emergency": 8, "extension": 10}


def check_caller(check: Violations, field: str, caller: Caller) -> None:
    """Sizes only: what a far end may have written is for the decision to judge."""
    check.octets(f"{field}.number", caller.number, _LONGEST_CALLER_TEXT)
    check.octets(f"{field}.name", caller.name, _LONGEST_CALLER_TEXT)
    check.octets(f"{field}.asserted_identity", caller.asserted_identity, _LONGEST_CALLER_TEXT)
    check.octets(f"{field}.diversion", caller.diversion, _LONGEST_CALLER_TEXT)
    check.known(f"{field}.presentation", caller.presentation, Presentation.DESCRIPTOR)
    check.known(f"{field}.attestation", caller.attestation, StirAttestation.DESCRIPTOR)


def check_called(check: Violations, field: str, number: Number) -> None:
    """A number that can be dialled, of exactly one kind."""
    kind = number.WhichOneof("kind")
    if kind is None or kind == "anonymous":
        check.add(
            field, "must be a number: e164, national_short, emergency, extension or feature_code"
        )
    elif kind == "feature_code":
        if _FEATURE_CODE.fullmatch(number.feature_code) is None:
            check.add(f"{field}.feature_code", 'must be "*" or "#", then 1 to 10 of [0-9*#]')
    else:
        check.digits(f"{field}.{kind}", getattr(number, kind), _LONGEST_DIGITS[kind])
    check.digits(f"{field}.routing_number", number.routing_number, 15, optional=True)
