CREATE TABLE providers_ips (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  provider_id INT UNSIGNED NOT NULL,
  ipaddress VARCHAR(39) COLLATE ascii_nopad_bin NULL COMMENT 'IPv4 dotted or IPv6 in its short form; NULL: not known',
  prefix_length TINYINT UNSIGNED NULL COMMENT 'NULL: the one address',
  domainname VARCHAR(253) COLLATE ascii_nopad_bin NULL COMMENT 'What Dial() gets',
  direction ENUM('IN','OUT','IN/OUT') NOT NULL DEFAULT 'IN',
  proto ENUM('SIP','IAX2','H323') NOT NULL DEFAULT 'SIP',
  port SMALLINT UNSIGNED NULL COMMENT 'NULL: the protocol''s own',
  transport ENUM('UDP','TCP','TLS') NOT NULL DEFAULT 'UDP',
  PRIMARY KEY (id),
  KEY provider_id (provider_id),
  CONSTRAINT providers_ips_provider FOREIGN KEY (provider_id) REFERENCES providers (id),
  CONSTRAINT providers_ips_has_address_or_name CHECK (ipaddress IS NOT NULL OR domainname IS NOT NULL),
  CONSTRAINT providers_ips_address_is_canonical CHECK (
    ipaddress <=> CONVERT(INET6_NTOA(INET6_ATON(ipaddress)) USING ascii) COLLATE ascii_nopad_bin AND IFNULL(ipaddress, '') NOT LIKE '::ffff:%.%'),
  CONSTRAINT providers_ips_prefix_length_fits CHECK (
    prefix_length IS NULL
    OR ipaddress IS NOT NULL AND prefix_length BETWEEN 1 AND IF(ipaddress LIKE '%:%', 128, 32)),
  CONSTRAINT providers_ips_name_is_a_host_name CHECK (
    domainname NOT REGEXP '[^A-Za-z0-9._-]' AND domainname <> ''),
  CONSTRAINT providers_ips_port_is_from_1 CHECK (port >= 1)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Trunk addresses: where a provider sends from and is reached'
