"""Whatever is dialled and whoever calls: a typed answer, and nothing that Dial could misread."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from dialplane_service.application.classify_call import ClassifyCall
from dialplane_service.domain.addresses import address
from dialplane_service.domain.answers import Classification, Dial
from dialplane_service.domain.kinds import SipDriver
from dialplane_service.domain.numbers import ANONYMOUS, Number, NumberKind
from dialplane_service.domain.queries import (
    CallerAsReceived,
    CallQuery,
    DialQuery,
    FromEndpoint,
    FromProvider,
    FromSister,
    Origin,
    Presentation,
)
from tests.domain.asking import (
    HERE,
    NOW,
    SISTER_ADDRESS,
    WESTCALL_ADDRESS,
    Source,
    StoppedClock,
    answer,
)
from tests.domain.hostile import HALF_A_FEATURE_CODE, HOSTILE
from tests.domain.world import World, article_world

DIAL_STRING = re.compile(r"[A-Za-z0-9+._:@/&*#\[\]-]{1,900}", re.ASCII)
IDENTIFIER = re.compile(r"[A-Za-z0-9._-]{1,32}", re.ASCII)
PRESENTED = re.compile(r"\+?[0-9]{0,20}", re.ASCII)
KNOWN = ["74957777777", "84951815000", "+442038070121", "112", "101", "201", "*97", "78090001122"]

_texts = st.one_of(
    st.text(max_size=60),
    st.sampled_from([*HOSTILE, *HALF_A_FEATURE_CODE, *KNOWN]),
    st.from_regex(r"\+?[0-9]{1,20}", fullmatch=True),
    st.tuples(st.sampled_from(KNOWN), st.text(min_size=1, max_size=9)).map("".join),
)
_callers = st.builds(
    CallerAsReceived, _texts, _texts, st.sampled_from(Presentation), _texts, _texts
)
_route_ids = st.one_of(
    st.sampled_from(["", "g2.A", "t4.g8.A", "e1", "r1", "r1.e2", "m1", "s1", "n"]),
    st.from_regex(r"[A-Za-z0-9._-]{1,32}", fullmatch=True),
)
_origins = st.one_of(
    st.sampled_from([WESTCALL_ADDRESS, SISTER_ADDRESS]).map(lambda ip: FromProvider(address(ip))),
    st.builds(FromSister, st.just(address(SISTER_ADDRESS)), _route_ids, st.just("acme")),
    st.builds(FromEndpoint, st.sampled_from(["acme-101", "nobody"])),
)


def _world(driver: SipDriver) -> World:
    """Every number in turn leads to another kind of target."""
    world = article_world()
    world.change("servers", 1, sip_driver=driver)
    world.change("numbers", 279, target_id=4)
    world.change("numbers", 280, account_id=1, target_id=1)
    return world


DATA = {driver: _world(driver).data() for driver in SipDriver}


def _classified(driver: SipDriver, call: CallQuery) -> Classification:
    return ClassifyCall(Source(DATA[driver]), StoppedClock())(call)


def _sound(found: Classification, dialled: str) -> None:
    """Targets or a refusal, never both; digits that were dialled, or their E.164 form."""
    assert (found.refusal is None) is bool(found.targets)
    if found.refusal is not None:
        assert 1 <= found.refusal.q850_cause <= 127
        assert 400 <= found.refusal.sip_status <= 699
    for target in found.targets:
        assert IDENTIFIER.fullmatch(target.target_id)
    assert IDENTIFIER.fullmatch(found.call_id)
    for number in (found.called, found.caller):
        assert number is None or re.fullmatch(r"[0-9*#]{0,15}", number.digits, re.ASCII)
    assert len(found.targets) <= 10
    if found.targets:
        assert found.called is not None
        assert re.fullmatch(r"\+?[0-9*#]{1,32}", dialled, re.ASCII)


@settings(deadline=None, max_examples=400)
@given(dialled=_texts, received=_callers, origin=_origins, driver=st.sampled_from(SipDriver))
def test_whatever_is_dialled_by_whomever(
    dialled: str, received: CallerAsReceived, origin: Origin, driver: SipDriver
) -> None:
    call = CallQuery(HERE, "1.1", dialled, received, origin, "carried-1")
    found = _classified(driver, call)
    _sound(found, dialled)
    called = found.called or ANONYMOUS
    targets = tuple(target.target_id for target in found.targets) or ("n", "m", "t4", "r1", "e3")
    device = origin.endpoint if isinstance(origin, FromEndpoint) else ""
    _dialled_soundly(called, targets, received, found.account, device, driver)


def _dialled_soundly(
    called: Number,
    targets: tuple[str, ...],
    received: CallerAsReceived,
    account: str,
    device: str,
    driver: SipDriver,
) -> None:
    asked = DialQuery("call-1", NOW, HERE, account, called, targets, received, endpoint=device)
    decided = answer(DATA[driver], asked)
    allowed = called.digits
    for candidate in decided.candidates:
        if candidate.drop_reason is None and candidate.dial_string:
            assert DIAL_STRING.fullmatch(candidate.dial_string)
            assert _of_our_own(candidate.dial_string, allowed)
            assert IDENTIFIER.fullmatch(candidate.route_id)
        assert PRESENTED.fullmatch(candidate.caller_number)
    if isinstance(decided.answer, Dial):
        shown = decided.answer.caller
        for part in (shown.number, shown.asserted_identity, shown.diversion):
            assert PRESENTED.fullmatch(part)
        assert not set(shown.name) & set('"\\<>\r\n\x00')
        assert len(shown.name.encode()) <= 64
        assert re.fullmatch(r"[A-Za-z()]*", decided.answer.dial_options)


PEERS = {
    *("westcall", "sip_peer_msm_2301", "sip_peer_msm_2302", "msm", "asterisk-msm"),
    *("sip.zadarma.com", "sip.n1.ipport.net", "sbc.voxbeam.com", "sip.voicebuy.com"),
    *("acme-101", "acme-102", "msm@msm"),
}
TECHNOLOGIES = {"SIP", "PJSIP", "IAX2"}
CONFIGURED = ("79161234567", "112")  # of target 4 and of emergency route 1
PREFIXES = ("", "+", "0011101", "9992")


def _of_our_own(dial_string: str, digits: str) -> bool:
    """Technologies and peers of the world, and the digits dialled or a target's, and nothing else."""
    numbers = {
        f"{prefix}{number}" for prefix in PREFIXES for number in (digits or "0", *CONFIGURED)
    }
    for part in dial_string.split("&"):
        technology, _, rest = part.partition("/")
        number, at, peer = rest.rpartition("@") if technology == "PJSIP" else ("", "", "")
        if not at:
            peer, _, number = rest.partition("/")
        if technology not in TECHNOLOGIES or peer not in PEERS:
            return False
        if number and number not in numbers:
            return False
    return True


@settings(deadline=None, max_examples=200)
@given(
    text=_texts,
    targets=st.lists(
        st.sampled_from(["n", "m", "e1", "e3", "r1", "s2", "t4", "echo", "l1", "c.e1", "c.g2.A"])
        | st.from_regex(r"[A-Za-z0-9._-]{1,32}", fullmatch=True),
        max_size=10,
    ),
    received=_callers,
    driver=st.sampled_from(SipDriver),
    account=st.sampled_from(["", "acme", "visitor"]),
    tried=st.lists(_route_ids.filter(bool), max_size=10),
)
def test_whatever_a_host_asks(
    text: str,
    targets: list[str],
    received: CallerAsReceived,
    driver: SipDriver,
    account: str,
    tried: list[str],
) -> None:
    """A host carries target ids and tried routes of its own: no answer is an exception."""
    digits = re.sub(r"[^0-9]", "", text)[:15]
    called = ANONYMOUS if not digits else Number(NumberKind.E164, digits)
    asked = DialQuery(
        *("call-1", NOW, HERE, account, called, tuple(targets), received),
        attempt=len(tried) + 1,
        tried_route_ids=tuple(tried),
    )
    decided = answer(DATA[driver], asked)
    for candidate in decided.candidates:
        if candidate.drop_reason is None and candidate.dial_string:
            assert DIAL_STRING.fullmatch(candidate.dial_string)
            assert candidate.route_id not in tried
            assert _of_our_own(candidate.dial_string, digits)
    if len(tried) == 10:
        assert not isinstance(decided.answer, Dial)
