CREATE TABLE providers (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  providername VARCHAR(50) NOT NULL,
  enabled TINYINT(1) NOT NULL DEFAULT 1,
  country CHAR(2) COLLATE ascii_nopad_bin NOT NULL COMMENT 'ISO 3166-1 alpha-2; what its national numbers are national to',
  currency_id INT UNSIGNED NOT NULL,
  noncli_prefix VARCHAR(10) COLLATE ascii_nopad_bin NULL COMMENT 'Tariff prefix of tier NON_CLI',
  cli_prefix VARCHAR(10) COLLATE ascii_nopad_bin NULL COMMENT 'Tariff prefix of tier CLI',
  premcli_prefix VARCHAR(10) COLLATE ascii_nopad_bin NULL COMMENT 'Tariff prefix of tier PREMIUM_CLI',
  cli_allowed ENUM('Y','N') NOT NULL DEFAULT 'N' COMMENT 'N: presents its own number only',
  dynamic_calls ENUM('Y','N') NOT NULL DEFAULT 'N' COMMENT 'Y: presents any number, not just one of its own pool',
  append_plus TINYINT(1) NOT NULL DEFAULT 0 COMMENT 'Write + before the number; never before a tariff prefix',
  dynamic_calls_caller_id VARCHAR(15) COLLATE ascii_nopad_bin NULL COMMENT 'The pool number to present by default',
  carries_outgoing TINYINT(1) NOT NULL DEFAULT 1,
  reached_by ENUM('ADDRESS','GATE') NOT NULL DEFAULT 'ADDRESS',
  priority INT UNSIGNED NOT NULL DEFAULT 100 COMMENT 'The smaller is tried first',
  number_format_in ENUM('E164','INTERNATIONAL','NATIONAL') NOT NULL DEFAULT 'E164',
  number_format_out ENUM('E164','INTERNATIONAL','NATIONAL') NOT NULL DEFAULT 'E164',
  caller_id_format ENUM('E164','PLUS_E164','NATIONAL') NOT NULL DEFAULT 'E164',
  ring_timeout_s SMALLINT UNSIGNED NULL COMMENT 'Seconds; NULL: the general one',
  PRIMARY KEY (id),
  UNIQUE KEY providername (providername),
  KEY currency_id (currency_id),
  CONSTRAINT providers_currency FOREIGN KEY (currency_id) REFERENCES currency (id),
  CONSTRAINT providers_name_is_printable CHECK (providername <> '' AND providername NOT REGEXP '[[:cntrl:]]'),
  CONSTRAINT providers_enabled_is_0_or_1 CHECK (enabled IN (0, 1)),
  CONSTRAINT providers_country_is_2_capitals CHECK (country NOT REGEXP '[^A-Z]' AND CHAR_LENGTH(country) = 2),
  CONSTRAINT providers_noncli_prefix_is_digits CHECK (
    noncli_prefix NOT REGEXP '[^0-9]' AND CHAR_LENGTH(noncli_prefix) BETWEEN 1 AND 10),
  CONSTRAINT providers_cli_prefix_is_digits CHECK (
    cli_prefix NOT REGEXP '[^0-9]' AND CHAR_LENGTH(cli_prefix) BETWEEN 1 AND 10),
  CONSTRAINT providers_premcli_prefix_is_digits CHECK (
    premcli_prefix NOT REGEXP '[^0-9]' AND CHAR_LENGTH(premcli_prefix) BETWEEN 1 AND 10),
  CONSTRAINT providers_append_plus_is_0_or_1 CHECK (append_plus IN (0, 1)),
  CONSTRAINT providers_caller_id_is_digits CHECK (
    dynamic_calls_caller_id NOT REGEXP '[^0-9]' AND CHAR_LENGTH(dynamic_calls_caller_id) BETWEEN 1 AND 15),
  CONSTRAINT providers_carries_outgoing_is_0_or_1 CHECK (carries_outgoing IN (0, 1)),
  CONSTRAINT providers_priority_is_from_1 CHECK (priority >= 1),
  CONSTRAINT providers_ring_timeout_is_1_to_600 CHECK (ring_timeout_s BETWEEN 1 AND 600)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Upstream operators'
