CREATE TABLE client_targets (
  client_id INT UNSIGNED NOT NULL,
  position SMALLINT UNSIGNED NOT NULL,
  target_id INT UNSIGNED NOT NULL,
  PRIMARY KEY (client_id, position),
  KEY target_id (target_id),
  CONSTRAINT client_targets_client FOREIGN KEY (client_id) REFERENCES clients (id),
  CONSTRAINT client_targets_target FOREIGN KEY (target_id) REFERENCES targets (id),
  CONSTRAINT client_targets_position_is_from_1 CHECK (position >= 1)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='The ordered targets of a client: the manager, then the group'
