"""Every branch of ClassifyCall, through gRPC, on rows that lie in MariaDB."""

import pytest

from dialplane.routing.v1 import call_class_pb2, refusal_pb2
from dialplane.routing.v1.classify_call_pb2 import (
    ClassifyCallResponse,
    EndpointOrigin,
    ProviderOrigin,
    SisterOrigin,
)
from tests.acceptance.conftest import Classify, Rows

WESTCALL = ProviderOrigin(peer_address="195.94.225.2")
MULTITEL = ProviderOrigin(peer_address="209.124.34.105")
MSM = "89.208.16.1"
ACME_201 = EndpointOrigin(endpoint="acme-201")


def reason(response: ClassifyCallResponse) -> str:
    """The refusal's reason, without the enum's prefix; "" when the call is not refused."""
    if response.WhichOneof("outcome") != "refusal":
        return ""
    name = refusal_pb2.RefusalReason.Name(response.refusal.reason)
    return name.removeprefix("REFUSAL_REASON_")


def call_class(response: ClassifyCallResponse) -> str:
    """The class, without the enum's prefix."""
    name = call_class_pb2.CallClass.Name(response.call_class)
    return name.removeprefix("CALL_CLASS_")


def target_ids(response: ClassifyCallResponse) -> list[str]:
    """The ordered target ids."""
    return [target.target_id for target in response.targets.targets]


class TestFromProvider:
    def test_a_number_rings_its_own_destination(self, classify: Classify) -> None:
        answer = classify("74951815000", provider=WESTCALL, caller="79031112233")
        assert call_class(answer) == "INCOMING"
        assert target_ids(answer) == ["r1"]
        assert answer.targets.targets[0].ring_group.name == "sales"
        assert (answer.account, answer.called.e164) == ("acme", "74951815000")
        assert answer.caller.e164 == "79031112233"

    @pytest.mark.parametrize(
        ("dialled", "targets"),
        [("74951815001", ["e1"]), ("74951815002", ["l1"])],
        ids=["endpoint", "dialplan location"],
    )
    def test_each_kind_of_destination(
        self, classify: Classify, dialled: str, targets: list[str]
    ) -> None:
        assert target_ids(classify(dialled, provider=WESTCALL)) == targets

    def test_a_queue_is_a_destination(self, classify: Classify) -> None:
        answer = classify("74957952301", provider=ProviderOrigin(peer_address="89.208.190.8"))
        assert answer.targets.targets[0].queue.name == "support"

    def test_a_number_outside_is_a_destination(self, classify: Classify, rows: Rows) -> None:
        rows.update("numbers_pool", 279, target_id=6)
        answer = classify("74951815000", provider=WESTCALL)
        assert target_ids(answer) == ["t6"]
        assert answer.targets.targets[0].external_number.number.e164 == "442079460199"

    def test_a_known_client_goes_to_its_manager_then_the_group(self, classify: Classify) -> None:
        answer = classify("74951815002", provider=WESTCALL, caller="+442079460100")
        assert call_class(answer) == "INCOMING_CLIENT"
        assert target_ids(answer) == ["e1", "r1"]
        assert answer.targets.targets[0].endpoint.endpoint == "acme-201"

    def test_a_manager_who_is_switched_off_is_passed_over(
        self, classify: Classify, rows: Rows
    ) -> None:
        rows.update("endpoints", 1, enabled=0)
        answer = classify("74951815002", provider=WESTCALL, caller="442079460100")
        assert target_ids(answer) == ["r1"]

    def test_a_client_is_known_to_its_own_account_only(
        self, classify: Classify, rows: Rows
    ) -> None:
        rows.update("clients", 1, account_id=2)
        answer = classify("74951815002", provider=WESTCALL, caller="442079460100")
        assert (call_class(answer), target_ids(answer)) == ("INCOMING", ["l1"])

    @pytest.mark.parametrize(
        ("dialled", "number_format"),
        [
            ("74951815000", "E164"),
            ("+74951815000", "E164"),
            ("84951815000", "NATIONAL"),
            ("4951815000", "NATIONAL"),
            ("81074951815000", "INTERNATIONAL"),
        ],
    )
    def test_numbers_are_read_by_the_providers_format(
        self, classify: Classify, rows: Rows, dialled: str, number_format: str
    ) -> None:
        rows.update("providers", 7, number_format_in=number_format)
        answer = classify(dialled, provider=WESTCALL, caller="84951112233")
        assert answer.called.e164 == "74951815000"
        assert reason(answer) == ""

    def test_a_caller_in_national_format_is_the_same_client(
        self, classify: Classify, rows: Rows
    ) -> None:
        rows.update("providers", 7, number_format_in="NATIONAL")
        answer = classify("84951815002", provider=WESTCALL, caller="810442079460100")
        assert answer.caller.e164 == "442079460100"
        assert call_class(answer) == "INCOMING_CLIENT"

    def test_a_withheld_caller_is_anonymous(self, classify: Classify) -> None:
        answer = classify("74951815000", provider=WESTCALL, caller="anonymous")
        assert answer.caller.WhichOneof("kind") == "anonymous"
        assert target_ids(answer) == ["r1"]

    def test_a_number_answers_only_for_its_own_provider(self, classify: Classify) -> None:
        answer = classify("74951815000", provider=MULTITEL)
        assert reason(answer) == "PEER_ADDRESS_UNKNOWN"
        assert answer.refusal.q850_cause == 21

    def test_a_stranger_is_refused(self, classify: Classify) -> None:
        answer = classify("74951815000", provider=ProviderOrigin(peer_address="203.0.113.9"))
        assert reason(answer) == "PEER_ADDRESS_UNKNOWN"

    def test_an_outgoing_address_takes_no_calls(self, classify: Classify) -> None:
        answer = classify("37167859001", provider=ProviderOrigin(peer_address="209.124.34.104"))
        assert reason(answer) == "PEER_ADDRESS_UNKNOWN"

    def test_a_network_of_addresses(self, classify: Classify, rows: Rows) -> None:
        rows.update("providers_ips", 44, prefix_length=24)
        neighbour = ProviderOrigin(peer_address="195.94.225.77")
        assert target_ids(classify("74951815000", provider=neighbour)) == ["r1"]
        outside = ProviderOrigin(peer_address="195.94.226.2")
        assert reason(classify("74951815000", provider=outside)) == "PEER_ADDRESS_UNKNOWN"

    def test_a_trusted_proxys_header_is_believed(self, classify: Classify, rows: Rows) -> None:
        origin = ProviderOrigin(peer_address="10.0.0.5", forwarded_address="195.94.225.2")
        assert reason(classify("74951815000", provider=origin)) == "PEER_ADDRESS_UNKNOWN"
        rows.insert(
            "server_trusted_proxies", "server_id = 1", id=1, server_id=1, ipaddress="10.0.0.5"
        )
        assert target_ids(classify("74951815000", provider=origin)) == ["r1"]
        elsewhere = classify("74951815000", provider=origin, server="asterisk-corbina")
        assert reason(elsewhere) == "PEER_ADDRESS_UNKNOWN"

    def test_an_unknown_number(self, classify: Classify) -> None:
        answer = classify("74950000001", provider=WESTCALL)
        assert (reason(answer), answer.refusal.q850_cause) == ("UNKNOWN_NUMBER", 1)

    def test_a_number_that_is_switched_off(self, classify: Classify) -> None:
        answer = classify("4971122954000", provider=MULTITEL)
        assert (reason(answer), answer.refusal.q850_cause) == ("NUMBER_DISABLED", 1)

    def test_a_number_for_outgoing_calls_only(self, classify: Classify, rows: Rows) -> None:
        rows.update("numbers_pool", 279, direction="OUT")
        answer = classify("74951815000", provider=WESTCALL)
        assert (reason(answer), answer.refusal.q850_cause) == ("NUMBER_OUT_ONLY", 1)

    def test_an_impossible_number(self, classify: Classify) -> None:
        answer = classify("74951815000&SIP/premium/900", provider=WESTCALL)
        assert (reason(answer), answer.refusal.q850_cause) == ("IMPOSSIBLE_NUMBER", 28)

    def test_an_account_that_is_switched_off(self, classify: Classify, rows: Rows) -> None:
        rows.update("accounts", 1, enabled=0)
        answer = classify("74951815000", provider=WESTCALL)
        assert (reason(answer), answer.refusal.q850_cause) == ("ACCOUNT_DISABLED", 21)

    def test_an_echo_test_number(self, classify: Classify, rows: Rows) -> None:
        rows.update("numbers_pool", 279, echotest=1)
        answer = classify("74951815000", provider=WESTCALL)
        assert (call_class(answer), target_ids(answer)) == ("ECHO_TEST", ["echo"])
        assert answer.targets.targets[0].WhichOneof("kind") == "echo_test"

    def test_another_servers_number_is_carried_there(self, classify: Classify, rows: Rows) -> None:
        origin = ProviderOrigin(peer_address="89.208.190.8")
        answer = classify("74957952302", provider=origin)
        assert (call_class(answer), target_ids(answer)) == ("FORWARD", ["s2"])
        assert answer.targets.targets[0].server.forward_path == "IAX2/msm@msm"
        rows.update("servers", 2, protocol="SIP")
        answer = classify("74957952302", provider=origin)
        assert answer.targets.targets[0].server.forward_path == "SIP/89.208.16.1"

    def test_a_server_without_a_forward_path(self, classify: Classify, rows: Rows) -> None:
        rows.update("servers", 2, iax2=None)
        answer = classify("74957952302", provider=ProviderOrigin(peer_address="89.208.190.8"))
        assert (reason(answer), answer.refusal.q850_cause) == ("SERVER_UNREACHABLE", 27)

    def test_a_number_without_a_destination(self, classify: Classify, rows: Rows) -> None:
        rows.update("numbers_pool", 279, target_id=None)
        answer = classify("74951815000", provider=WESTCALL)
        assert (reason(answer), answer.refusal.q850_cause) == ("NO_DESTINATION", 31)

    def test_a_carried_call_id_is_not_believed(self, classify: Classify) -> None:
        answer = classify("74951815000", provider=WESTCALL, call_id="chosen-by-them")
        assert answer.call_id != "chosen-by-them"


class TestFromSister:
    def test_a_number_that_is_served_here(self, classify: Classify) -> None:
        origin = SisterOrigin(peer_address=MSM)
        answer = classify("74951815000", sister=origin, call_id="c1", caller="79031112233")
        assert (call_class(answer), target_ids(answer)) == ("INCOMING", ["r1"])
        assert answer.call_id == "c1"

    def test_a_known_client_is_known_here_too(self, classify: Classify) -> None:
        origin = SisterOrigin(peer_address=MSM)
        answer = classify("74951815000", sister=origin, call_id="c1", caller="442079460100")
        assert target_ids(answer) == ["e1", "r1"]

    def test_one_that_is_not_a_sister(self, classify: Classify) -> None:
        answer = classify(
            "74951815000", sister=SisterOrigin(peer_address="203.0.113.9"), call_id="c1"
        )
        assert reason(answer) == "SISTER_ADDRESS_UNKNOWN"

    def test_the_asking_server_is_not_its_own_sister(self, classify: Classify) -> None:
        origin = SisterOrigin(peer_address="212.5.126.1")
        assert reason(classify("74951815000", sister=origin, call_id="c1")) == (
            "SISTER_ADDRESS_UNKNOWN"
        )

    def test_without_a_call_id(self, classify: Classify) -> None:
        answer = classify("74951815000", sister=SisterOrigin(peer_address=MSM))
        assert reason(answer) == "SISTER_CALL_ID_MISSING"

    def test_a_second_hop_is_refused(self, classify: Classify) -> None:
        answer = classify(
            "74957952302",
            sister=SisterOrigin(peer_address=MSM),
            call_id="c1",
            server="asterisk-corbina",
        )
        # 74957952302 is served by asterisk-msm; asterisk-corbina would have to carry it on.
        assert (reason(answer), answer.refusal.q850_cause) == ("SECOND_HOP", 25)

    def test_a_carried_route_is_dialled_without_routing_again(self, classify: Classify) -> None:
        origin = SisterOrigin(peer_address=MSM, route_id="g8.A", account="acme")
        answer = classify("79161234567", sister=origin, call_id="c1")
        assert (call_class(answer), target_ids(answer)) == ("CARRIED_ROUTE", ["c.g8.A"])
        assert answer.targets.targets[0].carried_route.route_id == "g8.A"
        assert answer.account == "acme"

    @pytest.mark.parametrize("route_id", ["g999.A", "e3", "a1.C", "s2", "rubbish", "g8"])
    def test_a_carried_route_that_is_not_here(self, classify: Classify, route_id: str) -> None:
        origin = SisterOrigin(peer_address=MSM, route_id=route_id)
        answer = classify("79161234567", sister=origin, call_id="c1")
        assert (reason(answer), answer.refusal.q850_cause) == ("CARRIED_ROUTE_UNKNOWN", 25)

    def test_an_impossible_number(self, classify: Classify) -> None:
        answer = classify("7495,20,m", sister=SisterOrigin(peer_address=MSM), call_id="c1")
        assert reason(answer) == "IMPOSSIBLE_NUMBER"


class TestFromEndpoint:
    def test_a_number_outside(self, classify: Classify) -> None:
        answer = classify("79161234567", endpoint=ACME_201)
        assert (call_class(answer), target_ids(answer)) == ("OUTGOING", ["n"])
        assert answer.targets.targets[0].external_number.number.e164 == "79161234567"
        assert answer.account == "acme"

    @pytest.mark.parametrize(
        ("dialled", "e164"),
        [
            ("89161234567", "79161234567"),
            ("+442071838750", "442071838750"),
            ("810442071838750", "442071838750"),
            ("442071838750", "442071838750"),
        ],
    )
    def test_dialling_rules_of_the_country(
        self, classify: Classify, dialled: str, e164: str
    ) -> None:
        assert classify(dialled, endpoint=ACME_201).called.e164 == e164

    def test_an_extension_on_this_server(self, classify: Classify) -> None:
        answer = classify("202", endpoint=ACME_201)
        assert (call_class(answer), target_ids(answer)) == ("INTERNAL", ["e2"])
        assert answer.called.extension == "202"

    def test_an_extension_on_another_server(self, classify: Classify) -> None:
        answer = classify("301", endpoint=ACME_201)
        assert answer.targets.targets[0].endpoint.server == "asterisk-msm"

    def test_an_extension_means_the_callers_own_account(self, classify: Classify) -> None:
        visitor = EndpointOrigin(endpoint="visitor-201")
        assert target_ids(classify("201", endpoint=visitor)) == ["e4"]
        assert target_ids(classify("201", endpoint=ACME_201)) == ["e1"]
        assert reason(classify("202", endpoint=visitor)) == "UNKNOWN_EXTENSION"

    def test_an_extension_that_is_switched_off(self, classify: Classify, rows: Rows) -> None:
        rows.update("endpoints", 2, enabled=0)
        assert reason(classify("202", endpoint=ACME_201)) == "NO_DESTINATION"

    def test_own_numbers_stay_on_net(self, classify: Classify) -> None:
        answer = classify("84951815000", endpoint=ACME_201)
        assert (call_class(answer), target_ids(answer)) == ("ON_NET", ["r1"])

    def test_another_tenants_number_stays_on_net_on_the_callers_bill(
        self, classify: Classify
    ) -> None:
        answer = classify("74951815000", endpoint=EndpointOrigin(endpoint="visitor-201"))
        assert (call_class(answer), answer.account) == ("ON_NET", "visitor")

    def test_a_feature_code(self, classify: Classify) -> None:
        answer = classify("*97", endpoint=ACME_201)
        assert (call_class(answer), target_ids(answer)) == ("FEATURE", ["l4"])
        assert answer.targets.targets[0].location.context == "features"
        assert reason(classify("*98", endpoint=ACME_201)) == "UNKNOWN_EXTENSION"

    @pytest.mark.parametrize("dialled", ["112", "102"])
    def test_an_emergency_number(self, classify: Classify, dialled: str) -> None:
        answer = classify(dialled, endpoint=ACME_201)
        assert (call_class(answer), target_ids(answer)) == ("EMERGENCY", ["m"])
        assert answer.targets.targets[0].emergency.country == "RU"

    def test_nothing_blocks_an_emergency_call(self, classify: Classify, rows: Rows) -> None:
        rows.update("accounts", 1, enabled=0)
        rows.update("endpoints", 1, enabled=0)
        rows.insert("barred_destinations", "id = 900", id=900, account_id=1, prefix="1", barred=1)
        assert call_class(classify("112", endpoint=ACME_201)) == "EMERGENCY"
        assert call_class(classify("112", endpoint=EndpointOrigin(endpoint="nobody"))) == (
            "EMERGENCY"
        )

    def test_an_emergency_number_before_an_extension(self, classify: Classify, rows: Rows) -> None:
        rows.update("endpoints", 2, extension="112")
        assert call_class(classify("112", endpoint=ACME_201)) == "EMERGENCY"

    def test_a_barred_destination(self, classify: Classify) -> None:
        answer = classify("78095551234", endpoint=ACME_201)
        assert (reason(answer), answer.refusal.q850_cause) == ("DESTINATION_BARRED", 21)

    def test_a_destination_barred_for_one_account(self, classify: Classify) -> None:
        visitor = EndpointOrigin(endpoint="visitor-201")
        assert reason(classify("5352012345", endpoint=visitor)) == "DESTINATION_BARRED"
        assert call_class(classify("5352012345", endpoint=ACME_201)) == "OUTGOING"

    def test_an_unknown_device(self, classify: Classify) -> None:
        answer = classify("79161234567", endpoint=EndpointOrigin(endpoint="nobody"))
        assert (reason(answer), answer.refusal.q850_cause) == ("UNKNOWN_ENDPOINT", 21)

    def test_a_device_is_known_on_its_own_server_only(self, classify: Classify) -> None:
        answer = classify("79161234567", endpoint=ACME_201, server="asterisk-msm")
        assert reason(answer) == "UNKNOWN_ENDPOINT"

    def test_a_device_that_is_switched_off(self, classify: Classify, rows: Rows) -> None:
        rows.update("endpoints", 1, enabled=0)
        assert reason(classify("79161234567", endpoint=ACME_201)) == "ENDPOINT_DISABLED"

    def test_an_account_that_is_switched_off(self, classify: Classify, rows: Rows) -> None:
        rows.update("accounts", 1, enabled=0)
        assert reason(classify("79161234567", endpoint=ACME_201)) == "ACCOUNT_DISABLED"

    @pytest.mark.parametrize(
        "dialled", ["74951234567&SIP/premium", "7495,20,m", "${SHELL(id)}", "7" * 200, "", "+"]
    )
    def test_an_impossible_number(self, classify: Classify, dialled: str) -> None:
        answer = classify(dialled, endpoint=ACME_201)
        assert (reason(answer), answer.refusal.q850_cause) == ("IMPOSSIBLE_NUMBER", 28)

    def test_a_forwarded_call_belongs_to_the_device_that_forwards(self, classify: Classify) -> None:
        origin = EndpointOrigin(endpoint="acme-201", forwarding_endpoint="visitor-201")
        assert classify("79161234567", endpoint=origin).account == "visitor"

    def test_a_repeated_question_gets_the_same_call_id(self, stub: object) -> None:
        from dialplane.routing.v1.classify_call_pb2 import ClassifyCallRequest

        request = ClassifyCallRequest(
            server="asterisk-macomnet", dialled="79161234567", endpoint=ACME_201
        )
        request.channel.unique_id = "1763851234.7"
        ids = {stub.ClassifyCall(request, timeout=5).call_id for _ in range(3)}  # type: ignore[attr-defined]
        assert len(ids) == 1
