CREATE TABLE events (
  server_id INT UNSIGNED NOT NULL,
  unique_id VARCHAR(150) COLLATE ascii_nopad_bin NOT NULL,
  event ENUM('CREATED','ANSWERED','HANGUP') NOT NULL,
  call_id VARCHAR(32) COLLATE ascii_nopad_bin NULL,
  occurred_at DATETIME(6) NOT NULL COMMENT 'The host''s instant',
  recorded_at DATETIME(6) NOT NULL COMMENT 'This server''s instant',
  PRIMARY KEY (server_id, unique_id, event),
  KEY call_id (call_id),
  KEY recorded_at (recorded_at)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Every report of a channel, once'
