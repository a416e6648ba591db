CREATE TABLE schema_objects (
  name VARCHAR(130) COLLATE ascii_nopad_bin NOT NULL COMMENT 'Its file, without the suffix',
  checksum CHAR(64) COLLATE ascii_nopad_bin NOT NULL COMMENT 'SHA-256 of the statement as it was run',
  loaded_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Which routines, triggers and grants are loaded'
