CREATE TABLE accounts (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  accountname VARCHAR(50) COLLATE ascii_nopad_bin NOT NULL,
  enabled TINYINT(1) NOT NULL DEFAULT 1,
  country CHAR(2) COLLATE ascii_nopad_bin NOT NULL COMMENT 'ISO 3166-1 alpha-2',
  timezone VARCHAR(64) COLLATE ascii_nopad_bin NOT NULL DEFAULT 'UTC' COMMENT 'IANA name',
  default_tier ENUM('NON_CLI','CLI','PREMIUM_CLI') NOT NULL DEFAULT 'CLI',
  caller_id VARCHAR(15) COLLATE ascii_nopad_bin NULL COMMENT 'The number to present by default',
  PRIMARY KEY (id),
  UNIQUE KEY accountname (accountname),
  CONSTRAINT accounts_name_is_a_name CHECK (accountname NOT REGEXP '[^A-Za-z0-9._-]' AND accountname <> ''),
  CONSTRAINT accounts_enabled_is_0_or_1 CHECK (enabled IN (0, 1)),
  CONSTRAINT accounts_country_is_2_capitals CHECK (country NOT REGEXP '[^A-Z]' AND CHAR_LENGTH(country) = 2),
  CONSTRAINT accounts_timezone_is_a_name CHECK (
    timezone NOT REGEXP '[^A-Za-z0-9_/+-]' AND timezone REGEXP '^[A-Za-z]'),
  CONSTRAINT accounts_caller_id_is_digits CHECK (
    caller_id NOT REGEXP '[^0-9]' AND CHAR_LENGTH(caller_id) BETWEEN 1 AND 15)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Who pays; a tenant'
