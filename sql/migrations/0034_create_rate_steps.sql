CREATE TABLE rate_steps (
  steps_id INT UNSIGNED NOT NULL,
  from_s SMALLINT UNSIGNED NOT NULL COMMENT 'From this second of a call on',
  price_per_minute DECIMAL(18,8) UNSIGNED NOT NULL COMMENT 'In the currency of the deck that refers to it',
  increment_s SMALLINT UNSIGNED NOT NULL,
  PRIMARY KEY (steps_id, from_s),
  CONSTRAINT rate_steps_list FOREIGN KEY (steps_id) REFERENCES rate_step_lists (id),
  CONSTRAINT rate_steps_is_later CHECK (from_s >= 1),
  CONSTRAINT rate_steps_increment_is_from_1 CHECK (increment_s >= 1)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Later prices of rates whose price changes during a call'
