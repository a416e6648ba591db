CREATE TABLE numbers_pool (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  number VARCHAR(15) COLLATE ascii_nopad_bin NOT NULL COMMENT 'E.164 digits',
  provider_id INT UNSIGNED NOT NULL,
  server_id INT UNSIGNED NOT NULL COMMENT 'The server that serves it',
  enabled TINYINT(1) NOT NULL DEFAULT 1,
  direction ENUM('IN','OUT','IN/OUT') NOT NULL DEFAULT 'IN',
  virtualflag TINYINT(1) NOT NULL DEFAULT 1 COMMENT 'Virtual or real number',
  echotest TINYINT(1) NOT NULL DEFAULT 0 COMMENT 'Every call to it is an echo test',
  account_id INT UNSIGNED NULL,
  target_id INT UNSIGNED NULL COMMENT 'Where its calls go',
  PRIMARY KEY (id),
  UNIQUE KEY number (number),
  KEY provider_id (provider_id),
  KEY server_id (server_id),
  KEY account_id (account_id),
  KEY target_id (target_id),
  CONSTRAINT numbers_pool_provider FOREIGN KEY (provider_id) REFERENCES providers (id),
  CONSTRAINT numbers_pool_server FOREIGN KEY (server_id) REFERENCES servers (id),
  CONSTRAINT numbers_pool_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT numbers_pool_target FOREIGN KEY (target_id) REFERENCES targets (id),
  CONSTRAINT numbers_pool_number_is_digits CHECK (
    number NOT REGEXP '[^0-9]' AND CHAR_LENGTH(number) BETWEEN 1 AND 15),
  CONSTRAINT numbers_pool_enabled_is_0_or_1 CHECK (enabled IN (0, 1)),
  CONSTRAINT numbers_pool_virtualflag_is_0_or_1 CHECK (virtualflag IN (0, 1)),
  CONSTRAINT numbers_pool_echotest_is_0_or_1 CHECK (echotest IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Rented numbers'
