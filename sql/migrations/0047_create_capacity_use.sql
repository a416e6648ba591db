CREATE TABLE capacity_use (
  owner ENUM('PROVIDER','GATE') NOT NULL,
  owner_id INT UNSIGNED NOT NULL,
  channels INT UNSIGNED NOT NULL COMMENT 'Places of admissions that are taken',
  counted_at DATETIME(6) NOT NULL COMMENT 'When they were last counted one by one, which a full one is now and then',
  PRIMARY KEY (owner, owner_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='How much of each limited provider and gate is in use; each row''s lock puts admissions in a line'
