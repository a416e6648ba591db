CREATE TABLE gates (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  numbers_pool_id INT UNSIGNED NOT NULL,
  serverid INT UNSIGNED NOT NULL COMMENT 'The server that holds the gate',
  gatename VARCHAR(50) COLLATE ascii_nopad_bin NOT NULL COMMENT 'The dial peer''s name there',
  gatenumber VARCHAR(15) COLLATE ascii_nopad_bin NOT NULL COMMENT 'E.164 digits',
  cid_support ENUM('Y','N') NOT NULL DEFAULT 'Y',
  contextname VARCHAR(50) COLLATE ascii_nopad_bin NULL,
  comment VARCHAR(50) NULL,
  proto ENUM('SIP','IAX2','H323') NOT NULL DEFAULT 'SIP',
  enabled TINYINT(1) NOT NULL DEFAULT 1,
  PRIMARY KEY (id),
  UNIQUE KEY name_number (serverid, gatename, gatenumber),
  KEY numbers_pool_id (numbers_pool_id),
  CONSTRAINT gates_number FOREIGN KEY (numbers_pool_id) REFERENCES numbers_pool (id),
  CONSTRAINT gates_server FOREIGN KEY (serverid) REFERENCES servers (id),
  CONSTRAINT gates_name_is_a_name CHECK (gatename NOT REGEXP '[^A-Za-z0-9._-]' AND gatename <> ''),
  CONSTRAINT gates_number_is_digits CHECK (
    gatenumber NOT REGEXP '[^0-9]' AND CHAR_LENGTH(gatenumber) BETWEEN 1 AND 15),
  CONSTRAINT gates_context_is_a_name CHECK (contextname NOT REGEXP '[^A-Za-z0-9._-]' AND contextname <> ''),
  CONSTRAINT gates_enabled_is_0_or_1 CHECK (enabled IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Named dial peers on servers'
