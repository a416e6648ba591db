CREATE TABLE barred_destinations (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  account_id INT UNSIGNED NULL COMMENT 'NULL: all accounts',
  account_key BIGINT AS (IFNULL(account_id, -1)) PERSISTENT COMMENT 'For the unique key',
  prefix VARCHAR(15) COLLATE ascii_nopad_bin NOT NULL COMMENT 'E.164 digits; the longest decides',
  barred TINYINT(1) NOT NULL DEFAULT 1 COMMENT '0: may be called all the same',
  PRIMARY KEY (id),
  UNIQUE KEY prefix (account_key, prefix),
  KEY account_id (account_id),
  CONSTRAINT barred_destinations_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT barred_destinations_prefix_is_digits CHECK (
    prefix NOT REGEXP '[^0-9]' AND CHAR_LENGTH(prefix) BETWEEN 1 AND 15),
  CONSTRAINT barred_destinations_barred_is_0_or_1 CHECK (barred IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Which prefixes may not, or may all the same, be called'
