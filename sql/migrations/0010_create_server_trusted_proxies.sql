CREATE TABLE server_trusted_proxies (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  server_id INT UNSIGNED NOT NULL,
  ipaddress VARCHAR(39) COLLATE ascii_nopad_bin NOT NULL COMMENT 'IPv4 dotted or IPv6 in its short form',
  prefix_length TINYINT UNSIGNED NULL COMMENT 'NULL: the one address',
  PRIMARY KEY (id),
  KEY server_id (server_id),
  CONSTRAINT server_trusted_proxies_server FOREIGN KEY (server_id) REFERENCES servers (id),
  CONSTRAINT server_trusted_proxies_address_is_canonical CHECK (
    ipaddress <=> CONVERT(INET6_NTOA(INET6_ATON(ipaddress)) USING ascii) COLLATE ascii_nopad_bin AND IFNULL(ipaddress, '') NOT LIKE '::ffff:%.%'),
  CONSTRAINT server_trusted_proxies_prefix_length_fits CHECK (
    prefix_length BETWEEN 1 AND IF(ipaddress LIKE '%:%', 128, 32))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Session border controllers whose header a server believes'
