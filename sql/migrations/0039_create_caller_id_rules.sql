CREATE TABLE caller_id_rules (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  caller_country CHAR(2) COLLATE ascii_nopad_bin NULL COMMENT 'ISO 3166-1 alpha-2; NULL: from anywhere',
  called_country CHAR(2) COLLATE ascii_nopad_bin NULL COMMENT 'ISO 3166-1 alpha-2; NULL: to anywhere',
  rule ENUM('SUBSTITUTION_ALLOWED','SUBSTITUTION_FORBIDDEN') NOT NULL,
  comment VARCHAR(200) NOT NULL DEFAULT '' COMMENT 'The law, for whoever wonders',
  PRIMARY KEY (id),
  UNIQUE KEY countries (caller_country, called_country),
  CONSTRAINT caller_id_rules_caller_country_is_2_capitals CHECK (
    caller_country NOT REGEXP '[^A-Z]' AND CHAR_LENGTH(caller_country) = 2),
  CONSTRAINT caller_id_rules_called_country_is_2_capitals CHECK (
    called_country NOT REGEXP '[^A-Z]' AND CHAR_LENGTH(called_country) = 2)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Where the law lets a call present another number than the caller''s own'
