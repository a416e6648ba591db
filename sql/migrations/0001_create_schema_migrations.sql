CREATE TABLE IF NOT EXISTS schema_migrations (
  number INT UNSIGNED NOT NULL,
  name VARCHAR(100) COLLATE ascii_nopad_bin NOT NULL,
  checksum CHAR(64) COLLATE ascii_nopad_bin NOT NULL COMMENT 'SHA-256 of the file',
  applied_at DATETIME(6) NULL COMMENT 'UTC; NULL: begun, and not known to be done',
  PRIMARY KEY (number)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Which migrations this database has had'
