"""The database's address, and what is said of a bad one."""

import pytest

from dialplane_service.mariadb.url import DatabaseUrlError, parse_database_url


def test_everything_is_read() -> None:
    url = parse_database_url("mysql://a%40b:p%3Aw%2F@db.example:3307/dial_1?unix_socket=/run/x%20y")
    assert (url.user, url.password, url.host, url.port) == ("a@b", "p:w/", "db.example", 3307)
    assert (url.database, url.unix_socket) == ("dial_1", "/run/x y")
    assert (url.debug_database, url.definer) == ("dial_1_debug", "dial_1_definer")


def test_what_is_left_out_has_defaults() -> None:
    url = parse_database_url("mariadb://u@[::1]/dialplane")
    assert (url.host, url.port, url.password, url.unix_socket) == ("::1", 3306, "", None)
    assert url.debug_database == "debug"
    assert url.is_local


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost",
        "postgres://u:s3cret@h/d",
        "mysql://h/d",
        "mysql://u:s3cret@h",
        "mysql://u:s3cret@h/",
        "mysql://u:s3cret@h/a`b",
        "mysql://u:s3cret@h/a%00b",
        "mysql://u:s3cret@h/" + "a" * 59,
        "mysql://u:s3cret@h:port/d",
        "mysql://u:s3cret@h:99999/d",
        "mysql://u:s3cret@h/d?charset=latin1",
        "mysql://u:s3cret@[h/d",
    ],
)
def test_a_bad_one_names_the_setting_and_keeps_the_password(text: str) -> None:
    with pytest.raises(DatabaseUrlError, match=r"^DIALPLANE_X ") as caught:
        parse_database_url(text, "DIALPLANE_X")
    assert "s3cret" not in str(caught.value)


def test_no_text_form_shows_the_password() -> None:
    url = parse_database_url("mysql://u:s3cret@h/d")
    assert "s3cret" not in f"{url} {url!r}"
