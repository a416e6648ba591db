CREATE TABLE ring_group_members (
  ring_group_id INT UNSIGNED NOT NULL,
  position SMALLINT UNSIGNED NOT NULL,
  endpoint_id INT UNSIGNED NOT NULL,
  PRIMARY KEY (ring_group_id, position),
  UNIQUE KEY endpoint_once (ring_group_id, endpoint_id),
  KEY endpoint_id (endpoint_id),
  CONSTRAINT ring_group_members_group FOREIGN KEY (ring_group_id) REFERENCES ring_groups (id),
  CONSTRAINT ring_group_members_endpoint FOREIGN KEY (endpoint_id) REFERENCES endpoints (id),
  CONSTRAINT ring_group_members_position_is_from_1 CHECK (position >= 1)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='The devices of the ring groups, in order'
