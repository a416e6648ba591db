"""The Asterisk Gateway Interface, safely: the only module that imports pyst2.

pyst2 writes the environment to standard error, installs a signal handler, quotes without escaping
and believes that a value fits on one line. What is kept of it is its command loop and its errors.

Values are read with one `GET FULL VARIABLE` for a whole step. The values in the answer are divided
by a random word, so that a value with a newline, a parenthesis or a forged answer in it stays one
value, and anything that a caller managed to write before it is passed over. Asterisk substitutes
such an expression once: a value that looks like an expression stays text.
"""

import os
import re
import select
from collections.abc import Mapping, Sequence

from asterisk.agi import AGI, AGIError, AGIHangup

from dialplane_shims.deadline import Deadline
from dialplane_shims.text import VARIABLE_LIMIT, clean, cut
from dialplane_shims.variables import Variable

# Asterisk 16 cuts a command after this many bytes, newline included (AGI_BUF_LEN in res_agi.c).
COMMAND_LIMIT = 2047
# What one step reads at most; Asterisk itself sends a few kilobytes.
INPUT_LIMIT = 1_048_576

# What MSet leaves alone in a value; how many variables it takes (24 on Asterisk 16) and how long
# the argument may be, with room for the command's own words.
_PLAIN = re.compile(r"[A-Za-z0-9._:@/+*#-]*")
_PAIRS = 24
_MSET_LIMIT = COMMAND_LIMIT - 20

_REPLY = re.compile(r"(\d{3})([ -])(.*)", re.DOTALL)
_REFUSED_READ = re.compile(rb"^(?:510|511|520)[ -].*\n", re.MULTILINE)
_ENVIRONMENT = re.compile(r"(agi_\w+):\s?(.*)", re.DOTALL)


class AgiTimeoutError(AGIError):  # type: ignore[misc]  # pyst2 has no types
    """Asterisk did not speak in time."""


class AgiProtocolError(AGIError):  # type: ignore[misc]
    """Asterisk said something that is not AGI, or refused a command."""


class ValueTooLongError(AGIError):  # type: ignore[misc]
    """A value does not fit into an AGI command and must not be cut."""


AgiHangup = AGIHangup
AgiError = AGIError


class Agi(AGI):  # type: ignore[misc]
    """One AGI session over two file descriptors (of a pipe, or twice the same socket).

    `deadline` bounds every wait for Asterisk. Raises AgiHangup when Asterisk is gone, AgiError for
    anything else; `environment` holds the first value of each key, as text. Over FastAGI
    (`network`) a line HANGUP says that the caller hung up; to a process it is a signal, and such a
    line is something that a caller wrote. `received` is what has been read of the session already.
    """

    def __init__(
        self,
        read_fd: int,
        write_fd: int,
        deadline: Deadline,
        *,
        network: bool = False,
        received: bytes = b"",
    ) -> None:
        # pyst2's own constructor is left out on purpose: it does what this class is there to avoid.
        self._read_fd, self._write_fd = read_fd, write_fd
        self.deadline = deadline
        self.environment: Mapping[str, str] = {}
        self._network = network
        self._buffer = bytearray(received)
        self._received = len(received)
        self._got_sighup = False

    def note_hangup(self) -> None:
        """Remember that the caller hung up; safe to call from a signal handler."""
        self._got_sighup = True

    @property
    def hung_up(self) -> bool:
        """Whether Asterisk said that the caller hung up."""
        return bool(self._got_sighup)

    def test_hangup(self) -> None:
        """Do nothing: commands stay allowed on a channel that hung up, as its handlers need them."""

    def read_environment(self) -> None:
        """Read the environment up to its empty line.

        A key counts once: a caller's name with a newline in it cannot replace what came before it.
        """
        environment: dict[str, str] = {}
        while (line := self._line()) != "":
            if found := _ENVIRONMENT.fullmatch(line):
                environment.setdefault(found.group(1), found.group(2).strip())
        self.environment = environment

    def read(self, variables: Sequence[Variable]) -> dict[Variable, str]:
        """Return the value of each variable; one that is not set is empty."""
        if not variables:
            return {}
        mark = os.urandom(4).hex()
        expression = mark + "".join(variable.expression + mark for variable in variables)
        self.send_command("GET FULL VARIABLE", self._quote(expression))
        parts = self._marked_answer(mark).split(mark)
        if len(parts) != len(variables) + 2:
            raise AgiProtocolError("the values do not match the variables that were asked for")
        return dict(zip(variables, parts[1:-1], strict=True))

    def set(self, variable: Variable, value: str) -> None:
        """Set a channel variable, without control characters; ValueTooLongError if it is too long."""
        command = self.set_command(variable, value)
        code, text = self._command(command)
        if code != "200":
            raise AgiProtocolError(f"{variable.name} was not set: {code} {text}")

    def set_all(self, values: Sequence[tuple[Variable, str]]) -> None:
        """Set variables in order, as `set` does; over FastAGI many at once where that is safe.

        A round trip through Asterisk costs as much as everything else about a variable. MSet takes
        its argument apart at commas, quotes, brackets and backslashes: values with anything but
        plain characters are set one by one. Nothing of it is substituted.
        """
        plain: list[tuple[Variable, str]] = []
        for variable, value in values:
            if self._network and _PLAIN.fullmatch(value) and len(value) <= VARIABLE_LIMIT:
                if (
                    len(plain) == _PAIRS
                    or len(self._mset((*plain, (variable, value)))) > _MSET_LIMIT
                ):
                    self._set_together(plain)
                    plain = []
                plain.append((variable, value))
                continue
            self._set_together(plain)
            plain = []
            self.set(variable, value)
        self._set_together(plain)

    def _set_together(self, values: Sequence[tuple[Variable, str]]) -> None:
        if len(values) == 1:
            self.set(*values[0])
        elif values:
            code, text = self._command(f'EXEC MSet "{self._mset(values)}"')
            if (code, text) != ("200", "result=0"):
                raise AgiProtocolError(f"{values[0][0].name} was not set: {code} {text}")

    @staticmethod
    def _mset(values: Sequence[tuple[Variable, str]]) -> str:
        return ",".join(f"{variable.set_name}={value}" for variable, value in values)

    def set_unheard(self, variable: Variable, value: str) -> None:
        """Ask for a channel variable to be set without waiting for the answer."""
        self.send_command(self.set_command(variable, value))

    def set_command(self, variable: Variable, value: str) -> str:
        """Return the command that sets `variable`, at most COMMAND_LIMIT bytes with its newline."""
        value = clean(value)
        name = self._quote(variable.set_name)
        room = COMMAND_LIMIT - len(f"SET VARIABLE {name} \n".encode())
        if variable.free_text:
            value = cut(value, VARIABLE_LIMIT)
            while len(self._quote(value).encode()) > room:
                value = value[:-1]
        quoted = self._quote(value)
        if len(value.encode()) > VARIABLE_LIMIT or len(quoted.encode()) > room:
            raise ValueTooLongError(f"{variable.name} does not fit: {len(value.encode())} bytes")
        return f"SET VARIABLE {name} {quoted}"

    def _quote(self, value: object) -> str:
        """Return `value` as one quoted argument, as parse_args of res_agi.c takes it apart."""
        text = clean(str(value)).encode("utf-8", "replace").decode("utf-8")
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def send_command(self, command: str, *args: object) -> None:
        """Write one command line; AgiHangup if Asterisk is gone."""
        line = " ".join((command, *map(str, args))).encode() + b"\n"
        if len(line) > COMMAND_LIMIT or line.count(b"\n") > 1:
            raise ValueTooLongError(f"a command of {len(line)} bytes was not sent")
        while line:
            try:
                line = line[os.write(self._write_fd, line) :]
            except OSError as error:
                raise AgiHangup("Asterisk closed the session") from error

    def get_result(self, stdin: object = None) -> dict[str, tuple[str, str]]:  # noqa: ARG002
        """Return the next answer in pyst2's form, for the commands inherited from it."""
        code, text = self._answer()
        if code != "200":
            raise AgiProtocolError(f"{code} {text}")
        result, _, data = text.removeprefix("result=").partition(" ")
        return {"result": (result, data.removeprefix("(").removesuffix(")"))}

    def _command(self, command: str) -> tuple[str, str]:
        self.send_command(command)
        return self._answer()

    def _answer(self) -> tuple[str, str]:
        """Return the code and the text of the next answer; lines that are none are passed over."""
        while True:
            found = _REPLY.fullmatch(self._line())
            if found is None:
                continue
            code, dash, text = found.groups()
            if dash == "-":  # usage, over several lines, up to one that has the code again
                while not (line := self._line()).startswith(code + " "):
                    text += " " + line
            return code, text.strip()

    def _marked_answer(self, mark: str) -> str:
        """Return the answer between two marks, whatever lines are in it or came before it."""
        start, end = f"200 result=1 ({mark}".encode(), f"{mark})\n".encode()
        while True:
            begin = self._buffer.find(start)
            if begin >= 0 and (finish := self._buffer.find(end, begin + len(start))) >= 0:
                break
            if begin < 0 and (found := _REFUSED_READ.search(self._buffer)):
                del self._buffer[: found.start()]
                raise AgiProtocolError(f"the variables were not read: {' '.join(self._answer())}")
            self._fill()
        if self._network and b"HANGUP" in self._buffer[:begin].splitlines():
            self.note_hangup()
        answer = self._buffer[begin + len(start) - len(mark) : finish + len(mark)]
        del self._buffer[: finish + len(end)]
        return answer.decode("utf-8", "replace")

    def _line(self) -> str:
        """Return the next line without its newline; AgiHangup at the end of the input."""
        while True:
            while (end := self._buffer.find(b"\n")) < 0:
                self._fill()
            text = self._buffer[:end].decode("utf-8", "replace").rstrip("\r")
            del self._buffer[: end + 1]
            if not self._network or text != "HANGUP":
                return text
            self.note_hangup()  # an answer may still follow

    def _fill(self) -> None:
        poller = select.poll()
        poller.register(self._read_fd, select.POLLIN)
        if not poller.poll(max(1, int(self.deadline.remaining() * 1000))):
            raise AgiTimeoutError("Asterisk did not answer in time")
        try:
            data = os.read(self._read_fd, 65_536)
        except OSError as error:
            raise AgiHangup("Asterisk closed the session") from error
        if not data:
            raise AgiHangup("Asterisk closed the session")
        self._received += len(data)
        if self._received > INPUT_LIMIT:
            raise AgiProtocolError("Asterisk sent more than a step can need")
        self._buffer += data
