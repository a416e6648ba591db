CREATE TABLE `debug`.debug_records (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  logtime TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  procedure_name VARCHAR(50) NOT NULL,
  debug_text TEXT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=Aria TRANSACTIONAL=0 DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='What procedures say of themselves; outside transactions and local to its node'
