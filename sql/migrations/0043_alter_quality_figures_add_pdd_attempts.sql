ALTER TABLE quality_figures
  MODIFY COLUMN pdd_ms BIGINT UNSIGNED NOT NULL COMMENT 'Post-dial delay of the attempts of which it is known, together',
  ADD COLUMN pdd_attempts INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'Attempts of which the post-dial delay is known',
  ADD CONSTRAINT quality_figures_delays_were_of_attempts CHECK (pdd_attempts <= attempts)
