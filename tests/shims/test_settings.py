"""Settings, policies, addresses: read once, wrong ones told by name and made safe."""

from pathlib import Path

import pytest

from dialplane_shims.config import Settings, load
from dialplane_shims.policy import Policy, parse_policy
from dialplane_shims.targets import grpc_target, peer_address

FILE = """
targets = ["127.0.0.1:50051", "[::1]:50052", "unix:/run/dialplane.sock"]
server = "asterisk-macomnet"
spool = "/srv/spool"
spool_limit = 10
decision_deadline = 1.5
[fallback]
incoming = "location:reception,s,1"
make_a_route = "refuse:34"
"""


def from_file(path: Path, text: str, **environment: str) -> Settings:
    path.write_text(text)
    return load({"DIALPLANE_SHIMS_CONFIG": str(path), **environment})


def test_a_host_without_settings() -> None:
    assert load({}) == Settings()


def test_a_file(tmp_path: Path) -> None:
    settings = from_file(tmp_path / "shims.toml", FILE)
    assert settings.errors == ()
    assert settings.targets == (
        "ipv4:127.0.0.1:50051",
        "ipv6:[::1]:50052",
        "unix:/run/dialplane.sock",
    )
    assert (settings.server, settings.spool_limit) == ("asterisk-macomnet", 10)
    assert settings.policies["incoming"] == Policy(context="reception", extension="s")
    assert settings.policies["make_a_route"] == Policy(cause=34)
    assert settings.policies["incoming_dialer"] == Policy()
    assert (settings.decision_deadline, settings.event_deadline) == (1.5, 1.0)


def test_the_environment_wins(tmp_path: Path) -> None:
    settings = from_file(
        tmp_path / "shims.toml",
        FILE,
        DIALPLANE_SERVER="asterisk-msm",
        DIALPLANE_FALLBACK_INCOMING="refuse",
    )
    assert settings.server == "asterisk-msm"
    assert settings.policies["incoming"] == Policy()


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("targets = [", "shims.toml"),
        ("targets = 7", "targets"),
        ("targets = []", "targets"),
        ('targets = ["10.0.0.1:50051"]', "targets"),
        ('targets = ["127.0.0.1:0"]', "targets"),
        ('targets = ["127.0.0.1:x"]', "targets"),
        ('targets = ["a b:1"]', "targets"),
        ('server = "a b"', "server"),
        ("server = 7", "server"),
        ('spool = "spool"', "spool"),
        ("spool_limit = 0", "spool_limit"),
        ("spool_limit = -1", "spool_limit"),
        ('decision_deadline = "soon"', "decision_deadline"),
        ("decision_deadline = nan", "decision_deadline"),
        ("event_deadline = 60", "event_deadline"),
        ('allow_plaintext = "maybe"', "allow_plaintext"),
        ('target = ["127.0.0.1"]', "target"),
        ('[fallback]\nincoming = "goto:a"', "fallback.incoming"),
        ('[fallback]\nhangup = "refuse"', "fallback.hangup"),
    ],
)
def test_a_wrong_setting_is_named_and_safe(text: str, setting: str, tmp_path: Path) -> None:
    settings = from_file(tmp_path / "shims.toml", text)
    (error,) = settings.errors
    assert error.setting.endswith(setting)
    assert str(error).startswith("setting ")
    if setting == "targets":
        assert settings.targets == ()  # rather nobody than the wrong one
    assert settings.policies["incoming"] == Policy()


def test_a_named_file_that_is_missing(tmp_path: Path) -> None:
    settings = load({"DIALPLANE_SHIMS_CONFIG": str(tmp_path / "none.toml")})
    assert [error.setting for error in settings.errors] == ["DIALPLANE_SHIMS_CONFIG"]


def test_plaintext_elsewhere_is_asked_for() -> None:
    environment = {"DIALPLANE_TARGETS": "10.0.0.1:50051,[2001:db8::1],a.example.net:7"}
    assert load(environment).targets == ()
    assert load({**environment, "DIALPLANE_ALLOW_PLAINTEXT": "yes"}).targets == (
        "ipv4:10.0.0.1:50051",
        "ipv6:[2001:db8::1]:50051",
        "dns:///a.example.net:7",
    )


@pytest.mark.parametrize(
    ("text", "target", "local"),
    [
        ("localhost", "ipv4:127.0.0.1:50051", True),
        ("127.1.2.3:9", "ipv4:127.1.2.3:9", True),
        ("::1", "ipv6:[::1]:50051", True),
        ("localhost.example.net", "dns:///localhost.example.net:50051", False),
        ("127.0.0.1.example.net:1", "dns:///127.0.0.1.example.net:1", False),
        ("unix:/a b", "unix:/a b", True),
    ],
)
def test_targets(text: str, target: str, local: bool) -> None:
    assert grpc_target(text) == (target, local)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", ("192.0.2.1", 0)),
        ("192.0.2.1:5060", ("192.0.2.1", 5060)),
        ("[2001:db8::1]:5060", ("2001:db8::1", 5060)),
        ("2001:db8::1", ("2001:db8::1", 0)),
        ("192.0.2.1:99999", ("192.0.2.1", 0)),
        ("192.0.2.1\0", ("", 0)),
        ("", ("", 0)),
        ("[", ("", 0)),
    ],
)
def test_peer_addresses(text: str, address: tuple[str, int]) -> None:
    assert peer_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "refuse:0",
        "refuse:128",
        "refuse:x",
        "location:a",
        "location:a,b,0",
        "location:a&b,s,1",
        "location:a,${X},1",
        "location:a,s,n",
    ],
)
def test_policies_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"is"):
        parse_policy(text)
