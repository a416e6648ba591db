"""Asterisk's side of an AGI session, for tests: written from res_agi.c's rules, not from the shims.

`Channel` holds variables and functions; `Session` answers AGI commands about it on two file
descriptors and keeps the bytes of every command. Faults are injected by `before`, which sees each
command and may return bytes to answer instead, or None to hang up.
"""

import os
import re
import select
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

COMMAND_LIMIT = 2048
ANSWER_LIMIT_OF_GET_VARIABLE = 1023
MOST_PAIRS_OF_MSET = 24


def parse_args(line: bytes) -> list[bytes]:
    """Take a command apart as parse_args() does: quotes toggle, a backslash escapes one byte."""
    arguments: list[bytearray] = []
    quoted = escaped = False
    between = True
    for byte in line:
        character = bytes([byte])
        if character == b'"' and not escaped:
            quoted = not quoted
            if quoted and between:
                arguments.append(bytearray())
                between = False
            continue
        if character in b" \t" and not quoted and not escaped:
            between = True
            continue
        if character == b"\\" and not escaped:
            escaped = True
            continue
        if between:
            arguments.append(bytearray())
            between = False
        arguments[-1] += character
        escaped = False
    return [bytes(argument) for argument in arguments]


@dataclass
class Channel:
    """A channel: its AGI environment and its variables and functions, as bytes."""

    environment: dict[str, bytes] = field(default_factory=dict)
    variables: dict[str, bytes] = field(default_factory=dict)
    # every SET VARIABLE, in order, with the name as it was sent
    sets: list[tuple[str, str]] = field(default_factory=list)

    def set(self, name: str, value: bytes) -> None:
        self.sets.append((name, value.decode("utf-8")))
        self.variables[name.lstrip("_")] = value

    def substitute(self, expression: bytes) -> bytes:
        """Substitute ${...} once; a value is never looked at again."""
        out = bytearray()
        at = 0
        while (start := expression.find(b"${", at)) >= 0:
            out += expression[at:start]
            depth, end = 1, start + 2
            while depth:
                depth += {b"{": 1, b"}": -1}.get(expression[end : end + 1], 0)
                end += 1
            name = expression[start + 2 : end - 1]
            if b"${" in name:
                name = self.substitute(name)
            out += self.variables.get(name.decode("utf-8", "replace"), b"")
            at = end
        return bytes(out + expression[at:])

    def __getitem__(self, name: str) -> str:
        return self.variables[name].decode("utf-8")


def provider_call(**variables: bytes) -> Channel:
    """A call from Westcall to a rented number, on PJSIP."""
    return Channel(
        environment=_environment("PJSIP/westcall-00000001", b"74951234567", b"74951815000"),
        variables={
            "SYSTEMNAME": b"asterisk-macomnet",
            "CHANNEL(linkedid)": b"macomnet-1763851234.7",
            "CHANNEL(pjsip,call-id)": b"3c2675ab@192.0.2.7",
            "CHANNEL(name)": b"PJSIP/westcall-00000001",
            "EXTEN": b"74951815000",
            "FROM_IP": b"195.94.225.2:5060",
            **variables,
        },
    )


def user_call(**variables: bytes) -> Channel:
    """A call from a user's device, on PJSIP."""
    return Channel(
        environment=_environment("PJSIP/msk-101-00000003", b"101", b"74957777777"),
        variables={
            "SYSTEMNAME": b"asterisk-macomnet",
            "CHANNEL(linkedid)": b"macomnet-1763851234.7",
            "EXTEN": b"74957777777",
            "CHANNEL(endpoint)": b"msk-101",
            "CHANNEL(name)": b"PJSIP/msk-101-00000003",
            **variables,
        },
    )


def _environment(channel: str, caller: bytes, extension: bytes) -> dict[str, bytes]:
    return {
        "agi_request": b"dialplane-agi",
        "agi_channel": channel.encode(),
        "agi_language": b"en",
        "agi_type": channel.partition("/")[0].encode(),
        "agi_uniqueid": b"macomnet-1763851234.7",
        "agi_version": b"22.10.0",
        "agi_callerid": caller,
        "agi_calleridname": b"Anna",
        "agi_callingpres": b"0",
        "agi_callingani2": b"0",
        "agi_callington": b"0",
        "agi_callingtns": b"0",
        "agi_dnid": extension,
        "agi_rdnis": b"unknown",
        "agi_context": b"public",
        "agi_extension": extension,
        "agi_priority": b"2",
        "agi_enhanced": b"0.0",
        "agi_accountcode": b"",
        "agi_threadid": b"140737353963456",
        "agi_arg_1": b"incoming",
    }


Before = Callable[[int, bytes], bytes | None]


class Session(threading.Thread):
    """Serves one AGI session in a thread: `Session(channel, read_fd, write_fd).start()`."""

    def __init__(
        self,
        channel: Channel,
        read_fd: int,
        write_fd: int,
        before: Before = lambda _index, _command: b"",
        environment_bytes: bytes | None = None,
    ) -> None:
        super().__init__(daemon=True)
        self.channel = channel
        self.commands: list[bytes] = []
        self._read_fd, self._write_fd, self._before = read_fd, write_fd, before
        self._environment = environment_bytes

    def run(self) -> None:
        try:
            self._write(self.environment_bytes())
            buffer = b""
            while True:
                while b"\n" not in buffer:
                    data = os.read(self._read_fd, 65536)
                    if not data:
                        return
                    buffer += data
                command, _, buffer = buffer.partition(b"\n")
                self.commands.append(command)
                instead = self._before(len(self.commands), command)
                if instead is None:
                    return
                self._write(instead or self._answer(command))
        except OSError:
            pass
        finally:
            for descriptor in {self._read_fd, self._write_fd}:
                os.close(descriptor)

    def environment_bytes(self) -> bytes:
        if self._environment is not None:
            return self._environment
        lines = [key.encode() + b": " + value for key, value in self.channel.environment.items()]
        return b"\n".join(lines) + b"\n\n"

    def _answer(self, command: bytes) -> bytes:
        arguments = parse_args(command)
        words = [argument.upper() for argument in arguments]
        if words[:3] == [b"GET", b"FULL", b"VARIABLE"] and len(arguments) == 4:
            return b"200 result=1 (" + self.channel.substitute(arguments[3]) + b")\n"
        if words[:2] == [b"GET", b"VARIABLE"] and len(arguments) == 3:
            value = self.channel.variables.get(arguments[2].decode("utf-8", "replace"))
            if value is None:
                return b"200 result=0\n"
            return b"200 result=1 (" + value[:ANSWER_LIMIT_OF_GET_VARIABLE] + b")\n"
        if words[:2] == [b"SET", b"VARIABLE"] and len(arguments) == 4:
            self.channel.set(arguments[2].decode(), arguments[3])
            return b"200 result=1\n"
        if words[:2] == [b"EXEC", b"MSET"] and len(arguments) == 3:
            pairs = arguments[2].split(b",")
            assert len(pairs) <= MOST_PAIRS_OF_MSET
            for pair in pairs:
                name, equals, value = pair.partition(b"=")
                assert equals
                self.channel.set(name.decode(), value)
            return b"200 result=0\n"
        if words == [b"NOOP"]:
            return b"200 result=0\n"
        return b"510 Invalid or unknown command\n"

    def _write(self, data: bytes) -> None:
        while data:
            select.select([], [self._write_fd], [], 5.0)
            data = data[os.write(self._write_fd, data) :]


_SET = re.compile(rb'SET VARIABLE "(__)?[A-Za-z_0-9]+" "(?:[^"\\\x00-\x1f\x7f]|\\["\\])*"')
_READ = re.compile(rb'GET FULL VARIABLE "[0-9a-f]{8}(?:\$\{[A-Z_a-z0-9(){}$,-]+\}[0-9a-f]{8})+"')
_PAIR = rb"(?:__)?[A-Za-z_0-9]+=[A-Za-z0-9._:@/+*#-]*"
_SET_MANY = re.compile(rb'EXEC MSet "' + _PAIR + rb"(?:," + _PAIR + rb')+"')


def assert_commands_are_meant(commands: list[bytes]) -> None:
    """Assert that every command is one line that sets a variable or reads some, and nothing else."""
    for command in commands:
        assert len(command) + 1 < COMMAND_LIMIT, command
        many = _SET_MANY.fullmatch(command)
        assert many or _SET.fullmatch(command) or _READ.fullmatch(command), command
        arguments = parse_args(command)
        assert len(arguments) == (3 if many else 4), command
