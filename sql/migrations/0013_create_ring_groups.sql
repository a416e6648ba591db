CREATE TABLE ring_groups (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  account_id INT UNSIGNED NOT NULL,
  groupname VARCHAR(50) NOT NULL,
  enabled TINYINT(1) NOT NULL DEFAULT 1,
  strategy ENUM('ALL','LINEAR') NOT NULL DEFAULT 'ALL',
  ring_timeout_s SMALLINT UNSIGNED NULL COMMENT 'Seconds; NULL: the general one',
  PRIMARY KEY (id),
  UNIQUE KEY groupname (account_id, groupname),
  CONSTRAINT ring_groups_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT ring_groups_name_is_printable CHECK (groupname <> '' AND groupname NOT REGEXP '[[:cntrl:]]'),
  CONSTRAINT ring_groups_enabled_is_0_or_1 CHECK (enabled IN (0, 1)),
  CONSTRAINT ring_groups_ring_timeout_is_1_to_600 CHECK (ring_timeout_s BETWEEN 1 AND 600)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Devices that ring together or in turn'
