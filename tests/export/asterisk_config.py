"""A small reader of Asterisk's configuration files: enough of main/config.c to see what Asterisk would.

Written from Asterisk's own rules and from nothing of ours: a semicolon begins a comment unless a
backslash stands before it; of two templates of one name the first is inherited from.
"""

import re
from dataclasses import dataclass, field

HEAD = re.compile(r"\[([^\]]+)\](?:\(([^)]*)\))?$")


class ConfigError(AssertionError):
    """Asterisk would not load the file."""


@dataclass
class Section:
    """A section with what it inherits; options in the order in which they take effect."""

    name: str
    template: bool
    options: list[tuple[str, str]] = field(default_factory=list)

    def __getitem__(self, key: str) -> str:
        """The value that wins: the last one."""
        found = self.all(key)
        if not found:
            raise KeyError(key)
        return found[-1]

    def all(self, key: str) -> list[str]:
        return [value for name, value in self.options if name == key]

    def get(self, key: str) -> str | None:
        found = self.all(key)
        return found[-1] if found else None


@dataclass
class Config:
    """Files read one after the other, as includes of one file."""

    sections: list[Section] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)

    def read(self, text: str, **host_files: str) -> "Config":
        """Read a file; `host_files` are the host's own that it may try to include, by their stem."""
        current: Section | None = None
        for raw in text.splitlines():
            line = _uncommented(raw).strip()
            if not line:
                continue
            if line.startswith("#"):
                directive, _, name = line.partition(" ")
                if directive != "#tryinclude":
                    raise ConfigError(f"unexpected directive: {line}")
                self.includes.append(name.strip('"'))
                stem = name.strip('"').rpartition("/")[2].removesuffix(".conf")
                if stem in host_files:
                    self.read(host_files[stem])
                current = None
            elif line.startswith("["):
                current = self._opened(line)
                self.sections.append(current)
            else:
                key, found, value = line.partition("=")
                if not found or current is None:
                    raise ConfigError(f"no option of a section: {line!r}")
                current.options.append((key.strip(), value.removeprefix(">").strip()))
        return self

    def real(self, name: str | None = None, **options: str) -> list[Section]:
        """Sections that are no templates, by name and by options."""
        return [
            section
            for section in self.sections
            if not section.template
            and name in (None, section.name)
            and all(section.get(key) == value for key, value in options.items())
        ]

    def one(self, name: str, **options: str) -> Section:
        [section] = self.real(name, **options)
        return section

    def _opened(self, line: str) -> Section:
        match = HEAD.match(line)
        if match is None:
            raise ConfigError(f"no section: {line!r}")
        words = [word.strip() for word in (match[2] or "").split(",") if word.strip()]
        section = Section(match[1], "!" in words)
        for word in words:
            if word != "!":
                base = next((old for old in self.sections if _same(old.name, word)), None)
                if base is None:
                    raise ConfigError(f"{line}: there is no {word} to inherit from")
                section.options += base.options
        return section


def extensions(text: str, context: str) -> dict[str, list[str]]:
    """The applications of each extension of a context, in their order."""
    found: dict[str, list[str]] = {}
    config = Config().read(text)
    for section in config.real(context):
        extension = ""
        for key, value in section.options:
            if key == "exten":
                extension, priority, application = value.split(",", 2)
                assert priority in ("1", "hint")
            else:
                assert key == "same"
                priority, application = value.split(",", 1)
                assert priority == "n"
            found.setdefault(extension, []).append(application)
    return found


def _uncommented(line: str) -> str:
    if re.search(r";--(?!-)", line):
        raise ConfigError(f"a block comment: {line!r}")
    match = re.search(r"(?<!\\);", line)
    return (line[: match.start()] if match else line).replace("\\;", ";")


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()
