CREATE TABLE rate_step_lists (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  spec VARCHAR(700) COLLATE ascii_nopad_bin NOT NULL COMMENT 'For example 60:0.01200000/1;600:0.01000000/1',
  PRIMARY KEY (id),
  UNIQUE KEY spec (spec),
  CONSTRAINT rate_step_lists_spec_is_a_list CHECK (spec <> '' AND spec NOT REGEXP '[^0-9.:;/]')
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Each list of steps once, whichever decks refer to it'
