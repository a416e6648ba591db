"""Ranges of codes mean exactly the numbers that they say."""

from hypothesis import given
from hypothesis import strategies as st

from dialplane_service.domain.rate_sheets.codes import covering


@given(st.integers(1, 5), st.data())
def test_a_range_is_covered_exactly_and_by_the_fewest(length: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(10 ** (length - 1), 10**length - 1))
    last = data.draw(st.integers(first, 10**length - 1))
    found = list(covering(str(first), str(last)))
    meant = [
        code
        for prefix in found
        for code in range(int(prefix.ljust(length, "0")), int(prefix.ljust(length, "9")) + 1)
    ]
    assert meant == list(range(first, last + 1))
    for prefix in {one[:-1] for one in found if len(one) > 1}:
        assert sum(one[:-1] == prefix for one in found) < 10, "ten of a kind are one shorter prefix"
