CREATE TABLE final_answers (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  provider_id INT UNSIGNED NOT NULL,
  sip_status SMALLINT UNSIGNED NULL,
  q850_cause TINYINT UNSIGNED NULL,
  is_final TINYINT(1) NOT NULL COMMENT '1: ends the search; 0: the next route is tried',
  PRIMARY KEY (id),
  UNIQUE KEY sip_status (provider_id, sip_status),
  UNIQUE KEY q850_cause (provider_id, q850_cause),
  CONSTRAINT final_answers_provider FOREIGN KEY (provider_id) REFERENCES providers (id),
  CONSTRAINT final_answers_status_or_cause CHECK ((sip_status IS NULL) <> (q850_cause IS NULL)),
  CONSTRAINT final_answers_status_is_300_to_699 CHECK (sip_status BETWEEN 300 AND 699),
  CONSTRAINT final_answers_cause_is_1_to_127 CHECK (q850_cause BETWEEN 1 AND 127),
  CONSTRAINT final_answers_is_final_is_0_or_1 CHECK (is_final IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='A provider''s exceptions to which answers end the search'
