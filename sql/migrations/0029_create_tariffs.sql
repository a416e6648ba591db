CREATE TABLE tariffs (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  tariffname VARCHAR(50) COLLATE ascii_nopad_bin NOT NULL,
  currency_id INT UNSIGNED NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY tariffname (tariffname),
  KEY currency_id (currency_id),
  CONSTRAINT tariffs_currency FOREIGN KEY (currency_id) REFERENCES currency (id),
  CONSTRAINT tariffs_name_is_a_name CHECK (tariffname NOT REGEXP '[^A-Za-z0-9._-]' AND tariffname <> '')
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='What accounts pay by; its prices are rate decks'
