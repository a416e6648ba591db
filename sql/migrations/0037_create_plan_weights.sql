CREATE TABLE plan_weights (
  plan_id INT UNSIGNED NOT NULL,
  provider_id INT UNSIGNED NOT NULL,
  weight SMALLINT UNSIGNED NOT NULL COMMENT 'Share of calls in proportion to it; 0: after all others',
  PRIMARY KEY (plan_id, provider_id),
  KEY provider_id (provider_id),
  CONSTRAINT plan_weights_plan FOREIGN KEY (plan_id) REFERENCES routing_plans (id),
  CONSTRAINT plan_weights_provider FOREIGN KEY (provider_id) REFERENCES providers (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Weights of providers in routing plans; without a row: 1'
