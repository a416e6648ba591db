CREATE TABLE rate_hours (
  id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name VARCHAR(100) NOT NULL,
  timezone VARCHAR(64) COLLATE ascii_nopad_bin NOT NULL COMMENT 'IANA name',
  spec VARCHAR(255) COLLATE ascii_nopad_bin NOT NULL COMMENT 'For example mon-fri 08:00-20:00; sat,sun 10:00-18:30',
  PRIMARY KEY (id),
  UNIQUE KEY spec (timezone, spec),
  CONSTRAINT rate_hours_timezone_is_a_name CHECK (
    timezone NOT REGEXP '[^A-Za-z0-9_/+-]' AND timezone REGEXP '^[A-Za-z]'),
  CONSTRAINT rate_hours_spec_is_days_and_times CHECK (spec <> '' AND spec NOT REGEXP '[^a-z0-9:;, -]')
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Week days and times at which rates hold'
