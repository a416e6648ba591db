CREATE TABLE admissions (
  call_id VARCHAR(32) COLLATE ascii_nopad_bin NOT NULL,
  server_id INT UNSIGNED NOT NULL,
  calling_unique_id VARCHAR(150) COLLATE ascii_nopad_bin NOT NULL COMMENT 'The channel that dials; empty: not known',
  attempt TINYINT UNSIGNED NOT NULL,
  decided_at DATETIME(6) NOT NULL COMMENT 'ClassifyCall''s instant: with another one it is another question',
  provider_id INT UNSIGNED NULL COMMENT 'Who had room; NULL: nobody',
  gate_id INT UNSIGNED NULL COMMENT 'That provider''s gate; NULL: over an address',
  passed_over TEXT NULL COMMENT 'JSON: who had no room and why; NULL: not answered',
  admitted_at DATETIME(6) NOT NULL COMMENT 'This server''s instant',
  expires_at DATETIME(6) NOT NULL COMMENT 'The place is given back then if no hangup says so earlier',
  released_at DATETIME(6) NULL COMMENT 'NULL: the place is taken',
  PRIMARY KEY (call_id, server_id, calling_unique_id, attempt),
  KEY taken (provider_id, released_at, expires_at, gate_id),
  KEY recent (provider_id, admitted_at, gate_id),
  KEY released_at (released_at)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Places that attempts took at providers and gates that are limited; what is released may be purged'
