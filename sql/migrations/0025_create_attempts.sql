CREATE TABLE attempts (
  call_id VARCHAR(32) COLLATE ascii_nopad_bin NOT NULL,
  server_id INT UNSIGNED NOT NULL,
  calling_unique_id VARCHAR(150) COLLATE ascii_nopad_bin NOT NULL COMMENT 'The channel that dialled; empty: not known',
  attempt TINYINT UNSIGNED NOT NULL COMMENT '1 to 10',
  route_id VARCHAR(32) COLLATE ascii_nopad_bin NULL,
  dial_string VARCHAR(1023) NULL COMMENT 'What Dial() got',
  sent_number VARCHAR(64) NULL COMMENT 'The number as it was sent, with prefixes',
  caller_number VARCHAR(32) NULL,
  data_version BIGINT UNSIGNED NULL COMMENT 'What the route was decided with',
  first_recorded_at DATETIME(6) NOT NULL COMMENT 'This server''s instant of the first report',
  PRIMARY KEY (call_id, server_id, calling_unique_id, attempt)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Every Dial of one route; how it ended is said by its channels'
