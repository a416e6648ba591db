CREATE TABLE exchange_rates (
  currency_id INT UNSIGNED NOT NULL,
  valid_from DATETIME(6) NOT NULL COMMENT 'UTC',
  rate DECIMAL(24,12) UNSIGNED NOT NULL COMMENT 'Units of the base currency for one unit',
  PRIMARY KEY (currency_id, valid_from),
  CONSTRAINT exchange_rates_currency FOREIGN KEY (currency_id) REFERENCES currency (id),
  CONSTRAINT exchange_rates_rate_is_positive CHECK (rate > 0)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='What currencies are worth, each rate until the next'
