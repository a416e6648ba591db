CREATE TABLE routing_plans (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  planname VARCHAR(50) COLLATE ascii_nopad_bin NOT NULL,
  strategies VARCHAR(1000) NOT NULL DEFAULT '[{"least_cost": {}}]' COMMENT 'JSON: the strategies in order',
  expected_duration_s SMALLINT UNSIGNED NOT NULL DEFAULT 180 COMMENT 'Seconds; costs are compared for such a call',
  minimum_margin_percent DECIMAL(9,4) NULL COMMENT 'Of the account''s price; negative: the allowed loss; NULL: any',
  highest_price_per_minute DECIMAL(18,8) UNSIGNED NULL COMMENT 'In the base currency; NULL: any',
  allowed_tiers SET('NON_CLI','CLI','PREMIUM_CLI') NULL COMMENT 'NULL: all',
  prices_required TINYINT(1) NOT NULL DEFAULT 0 COMMENT '1: a provider without rate deck is not used',
  caller_id_fallback ENUM('DROP','RESTRICT','NON_CLI') NOT NULL DEFAULT 'DROP'
    COMMENT 'What becomes of a route over which the caller ID may not be shown',
  PRIMARY KEY (id),
  UNIQUE KEY planname (planname),
  CONSTRAINT routing_plans_name_is_a_name CHECK (planname NOT REGEXP '[^A-Za-z0-9._-]' AND planname <> ''),
  CONSTRAINT routing_plans_strategies_is_a_list CHECK (
    JSON_VALID(strategies) AND JSON_TYPE(strategies) = 'ARRAY' AND JSON_LENGTH(strategies) >= 1),
  CONSTRAINT routing_plans_duration_is_1_to_36000 CHECK (expected_duration_s BETWEEN 1 AND 36000),
  CONSTRAINT routing_plans_margin_is_below_100 CHECK (minimum_margin_percent < 100),
  CONSTRAINT routing_plans_allows_a_tier CHECK (allowed_tiers <> ''),
  CONSTRAINT routing_plans_prices_required_is_0_or_1 CHECK (prices_required IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='How the routes of an account''s calls are chosen and ranked'
