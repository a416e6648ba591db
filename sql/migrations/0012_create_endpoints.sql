CREATE TABLE endpoints (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  account_id INT UNSIGNED NOT NULL,
  server_id INT UNSIGNED NOT NULL,
  endpointname VARCHAR(80) COLLATE ascii_nopad_bin NOT NULL COMMENT 'CHANNEL(endpoint) or CHANNEL(peername)',
  extension VARCHAR(10) COLLATE ascii_nopad_bin NULL,
  enabled TINYINT(1) NOT NULL DEFAULT 1,
  proto ENUM('SIP','IAX2','H323') NOT NULL DEFAULT 'SIP',
  caller_id VARCHAR(15) COLLATE ascii_nopad_bin NULL COMMENT 'The number to present; NULL: the account''s',
  ring_timeout_s SMALLINT UNSIGNED NULL COMMENT 'Seconds; NULL: the general one',
  PRIMARY KEY (id),
  UNIQUE KEY endpointname (server_id, endpointname),
  UNIQUE KEY extension (account_id, extension),
  CONSTRAINT endpoints_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT endpoints_server FOREIGN KEY (server_id) REFERENCES servers (id),
  CONSTRAINT endpoints_name_is_a_name CHECK (
    endpointname NOT REGEXP '[^A-Za-z0-9._-]' AND endpointname <> ''),
  CONSTRAINT endpoints_extension_is_digits CHECK (
    extension NOT REGEXP '[^0-9]' AND CHAR_LENGTH(extension) BETWEEN 1 AND 10),
  CONSTRAINT endpoints_enabled_is_0_or_1 CHECK (enabled IN (0, 1)),
  CONSTRAINT endpoints_caller_id_is_digits CHECK (
    caller_id NOT REGEXP '[^0-9]' AND CHAR_LENGTH(caller_id) BETWEEN 1 AND 15),
  CONSTRAINT endpoints_ring_timeout_is_1_to_600 CHECK (ring_timeout_s BETWEEN 1 AND 600)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Users'' devices'
