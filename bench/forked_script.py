"""The article's way: one process per decision that connects, selects and prints what to dial.

Only what it needs is imported; the certificates, which PyMySQL would read for every connection, are
left alone. Arguments: socket, user, password, database, number.
"""

import sys
from typing import Any

import pymysql

PRICES = """
SELECT STRAIGHT_JOIN providers_ips.domainname, rates.deck_id, rates.prefix, rates.price_per_minute
FROM rates FORCE INDEX (longest_prefix)
JOIN rate_decks ON rate_decks.id = rates.deck_id AND rate_decks.state = 'ACTIVE'
JOIN providers_ips ON providers_ips.provider_id = rate_decks.provider_id
  AND providers_ips.direction = 'OUT'
WHERE rates.prefix IN ({prefixes}) AND rates.blocked = 0
"""


def main() -> None:
    socket, user, password, database, number = sys.argv[1:]
    connection = pymysql.connect(
        unix_socket=socket, user=user, password=password, database=database, ssl_disabled=True
    )
    prefixes = ", ".join(f"'{number[:end]}'" for end in range(1, len(number) + 1))
    with connection.cursor() as cursor:
        cursor.execute(PRICES.format(prefixes=prefixes))
        longest: dict[int, tuple[Any, ...]] = {}
        for row in cursor.fetchall():
            known = longest.get(row[1])
            if known is None or len(known[2]) < len(row[2]):
                longest[row[1]] = row
    connection.close()
    cheapest = sorted(longest.values(), key=lambda row: row[3])
    peers = [f"SIP/{row[0]}/{number}" for row in cheapest[:10]]
    print(f'SET VARIABLE DIAL_STRING "{peers[0] if peers else ""}"')


if __name__ == "__main__":
    main()
