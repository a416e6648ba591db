"""Hostile values in named classes. Each function makes one from a random generator."""

import random
from collections.abc import Callable, Mapping

Make = Callable[[random.Random], str]

MARK = "Hostile"
"""A word in texts that must never be part of a dial string."""


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("123456789", k=count))


def _split(rng: random.Random, between: str) -> str:
    return _digits(rng, rng.randint(5, 9)) + between + _digits(rng, rng.randint(5, 9))


# What a phone can send where a number belongs, and what cannot be a number all the same.
NUMBERS: Mapping[str, Make] = {
    "number: letters": lambda r: _split(r, r.choice(["abc", "x", "Oo", MARK, "e"])),
    "number: separators": lambda r: _split(r, r.choice(list("&,/@;|!?=% ()[]{}<>\"'\\.:_-"))),
    "number: second dial": lambda r: _split(
        r, r.choice(["&SIP/premium/", ",20,m", "@evil.example"])
    ),
    "number: expression": lambda r: r.choice(["${SHELL(id)}", "$[1+1]", "`id`", "${EXTEN:1}"]),
    "number: line break": lambda r: _split(r, r.choice(["\n", "\r\n", "\r", "\u2028", "\x0b"])),
    "number: NUL": lambda r: _split(r, "\x00"),
    "number: unicode digits": lambda r: "".join(
        chr(ord(r.choice("٠۰０²𝟎")[0]) + r.randint(0, 3)) for _ in range(r.randint(7, 15))
    ),
    "number: 200 digits": lambda r: r.choice(["", "+"]) + _digits(r, r.randint(33, 200)),
    "number: '+' forms": lambda r: r.choice(
        ["+", "++" + _digits(r, 11), _split(r, "+"), "+0" + _digits(r, 12), _digits(r, 11) + "+"]
    ),
    "number: empty": lambda _: "",
}

# At most 256 bytes: what a far end may write where a name belongs.
NAMES: Mapping[str, Make] = {
    "name: quotes": lambda r: f'{MARK}" <sip:x@y>, "\\" ' * r.randint(1, 5),
    "name: control characters": lambda r: "".join(map(chr, r.sample(range(1, 32), 20))) + MARK,
    "name: NUL and DEL": lambda _: f"\x00{MARK}\x7f\x85",
    "name: rich markup": lambda _: f"[bold red]{MARK}[/bold red] [link=x] :smile: \x1b[31m",
    "name: expression": lambda _: f"${{SHELL(id)}} $[1] {MARK}",
    "name: directions": lambda r: "\u202e\u2066" + MARK + "\U0001f600" * r.randint(1, 40),
    "name: 256 bytes": lambda _: (MARK * 40)[:256],
}

ADDRESSES: Mapping[str, Make] = {
    "address: garbage": lambda r: r.choice(
        ["localhost", "evil.example", "1.2.3", "::g", "''", "-"]
    ),
    "address: empty": lambda _: "",
    "address: with port": lambda r: r.choice(["195.94.225.2:5060", "[2001:db8:30::7]:5060"]),
    "address: IPv6 zone": lambda r: r.choice(
        ["fe80::1%eth0", "2001:db8:30::7%lo", f"2001:db8:30::7%{MARK}", "::ffff:195.94.225.2%1"]
    ),
    "address: network": lambda r: r.choice(["195.94.225.0/24", "2001:db8::/32", "0.0.0.0/0"]),
    "address: other notations": lambda r: r.choice(
        [
            "195.094.225.002",
            "0xc35ee102",
            "3277775106",
            "195.94.225.2.",
            " 195.94.225.2",
            "195.94.225.2\n",
        ]
    ),
    "address: huge": lambda r: r.choice(["1." * 40_000, "9" * 5000, ":" * 60_000]),
    "address: injection": lambda r: r.choice(
        ["195.94.225.2' OR 1=1 --", "195.94.225.2\x00", "${X}"]
    ),
    "address: unicode digits": lambda _: "١٩٥.٩٤.٢٢٥.٢",
}

# Where 1 to 32 (or 50, or 150) characters of [A-Za-z0-9._-] belong.
IDS: Mapping[str, Make] = {
    "id: too long": lambda r: "x" * r.choice([151, 200, 5000]),
    "id: path": lambda r: "../" * r.randint(1, 9) + r.choice(["etc/passwd", "rejected/x.json"]),
    "id: SQL": lambda r: r.choice(
        ["' OR '1'='1", "1; DROP TABLE channels; --", 'x" UNION SELECT 1']
    ),
    "id: wrong alphabet": lambda r: r.choice(
        ["a b", "a/b", "a,b", "a&b", "ü", "a\n", "\na", "a\x00", "${X}", "e17@", "\u0661", "a:b"]
    ),
}


def large(rng: random.Random) -> str:
    """Ten thousand bytes of a name."""
    return (MARK * 1500)[: rng.randint(10_000, 10_400)]
