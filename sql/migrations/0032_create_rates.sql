CREATE TABLE rates (
  deck_id INT UNSIGNED NOT NULL,
  prefix VARCHAR(15) COLLATE ascii_nopad_bin NOT NULL COMMENT 'First digits of E.164 numbers',
  hours_id SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'Of rate_hours; 0: always',
  id BIGINT UNSIGNED NOT NULL COMMENT 'deck_id * 16777216 + the row''s number in its deck',
  destination VARCHAR(100) NOT NULL DEFAULT '',
  price_per_minute DECIMAL(18,8) UNSIGNED NOT NULL COMMENT 'In the deck''s currency',
  connect_fee DECIMAL(18,8) UNSIGNED NOT NULL DEFAULT 0,
  first_increment_s SMALLINT UNSIGNED NOT NULL DEFAULT 60,
  next_increment_s SMALLINT UNSIGNED NOT NULL DEFAULT 60,
  minimum_s SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'The least that an answered call is charged for',
  blocked TINYINT(1) NOT NULL DEFAULT 0 COMMENT '1: the owner does not carry calls to it',
  steps_id INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'Of rate_step_lists; 0: one price for the whole call',
  PRIMARY KEY (deck_id, prefix, hours_id),
  CONSTRAINT rates_prefix_is_digits CHECK (prefix <> '' AND prefix NOT REGEXP '[^0-9]'),
  CONSTRAINT rates_increments_are_from_1 CHECK (first_increment_s >= 1 AND next_increment_s >= 1),
  CONSTRAINT rates_blocked_is_0_or_1 CHECK (blocked IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Prices by prefix; no trigger: the deck''s activation moves the data version'
