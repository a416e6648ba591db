CREATE TABLE servers (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  servername VARCHAR(50) COLLATE ascii_nopad_bin NOT NULL COMMENT 'Asterisk''s systemname',
  enabled TINYINT(1) NOT NULL DEFAULT 1,
  country CHAR(2) COLLATE ascii_nopad_bin NULL COMMENT 'ISO 3166-1 alpha-2; NULL: not known',
  ipaddress VARCHAR(39) COLLATE ascii_nopad_bin NULL COMMENT 'IPv4 dotted or IPv6 in its short form; NULL: not known',
  comment VARCHAR(50) NULL,
  sip VARCHAR(100) COLLATE ascii_nopad_bin NULL COMMENT 'Forward path over SIP, for example SIP/212.5.126.1',
  iax2 VARCHAR(100) COLLATE ascii_nopad_bin NULL COMMENT 'Forward path over IAX2, for example IAX2/msm@msm',
  iax2control VARCHAR(100) COLLATE ascii_nopad_bin NULL COMMENT 'IAX2 address and user for control',
  protocol ENUM('SIP','IAX2') NOT NULL DEFAULT 'SIP' COMMENT 'Which forward path its sister servers use',
  sip_driver ENUM('SIP','PJSIP') NOT NULL DEFAULT 'PJSIP',
  PRIMARY KEY (id),
  UNIQUE KEY servername (servername),
  CONSTRAINT servers_name_is_a_name CHECK (servername NOT REGEXP '[^A-Za-z0-9._-]' AND servername <> ''),
  CONSTRAINT servers_enabled_is_0_or_1 CHECK (enabled IN (0, 1)),
  CONSTRAINT servers_country_is_2_capitals CHECK (country NOT REGEXP '[^A-Z]' AND CHAR_LENGTH(country) = 2),
  CONSTRAINT servers_address_is_canonical CHECK (
    ipaddress <=> CONVERT(INET6_NTOA(INET6_ATON(ipaddress)) USING ascii) COLLATE ascii_nopad_bin AND IFNULL(ipaddress, '') NOT LIKE '::ffff:%.%'),
  CONSTRAINT servers_sip_is_a_forward_path CHECK (
    sip REGEXP '^SIP/[A-Za-z0-9._-]+(:[[][A-Za-z0-9._-]+[]])?(@[A-Za-z0-9._-]+)?(:[0-9]{1,5})?$'
    AND sip NOT REGEXP '[^][A-Za-z0-9._@:/-]'),
  CONSTRAINT servers_iax2_is_a_forward_path CHECK (
    iax2 REGEXP '^IAX2/[A-Za-z0-9._-]+(:[[][A-Za-z0-9._-]+[]])?(@[A-Za-z0-9._-]+)?(:[0-9]{1,5})?$'
    AND iax2 NOT REGEXP '[^][A-Za-z0-9._@:/-]'),
  CONSTRAINT servers_iax2control_is_a_forward_path CHECK (
    iax2control REGEXP '^IAX2/[A-Za-z0-9._-]+(:[[][A-Za-z0-9._-]+[]])?(@[A-Za-z0-9._-]+)?(:[0-9]{1,5})?$'
    AND iax2control NOT REGEXP '[^][A-Za-z0-9._@:/-]')
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Asterisk hosts; id 0 is "undefined": it owns rows, but never asks and is never reached'
