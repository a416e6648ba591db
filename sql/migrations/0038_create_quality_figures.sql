CREATE TABLE quality_figures (
  provider_id INT UNSIGNED NOT NULL,
  prefix VARCHAR(15) COLLATE ascii_nopad_bin NOT NULL DEFAULT '' COMMENT 'Empty: to anywhere',
  measured_from DATETIME(6) NOT NULL COMMENT 'The window, UTC',
  measured_to DATETIME(6) NOT NULL,
  attempts INT UNSIGNED NOT NULL,
  answered INT UNSIGNED NOT NULL,
  talk_ms BIGINT UNSIGNED NOT NULL COMMENT 'Of all answered calls together',
  pdd_ms BIGINT UNSIGNED NOT NULL COMMENT 'Post-dial delay of all attempts together',
  PRIMARY KEY (provider_id, prefix),
  CONSTRAINT quality_figures_provider FOREIGN KEY (provider_id) REFERENCES providers (id),
  CONSTRAINT quality_figures_prefix_is_digits CHECK (prefix NOT REGEXP '[^0-9]'),
  CONSTRAINT quality_figures_answers_were_attempts CHECK (answered <= attempts),
  CONSTRAINT quality_figures_window_is_forwards CHECK (measured_to > measured_from)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='What was measured of providers in the last window'
