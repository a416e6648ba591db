ALTER TABLE accounts
  ADD COLUMN tariff_id INT UNSIGNED NULL COMMENT 'What it pays by; NULL: nothing is charged',
  ADD COLUMN routing_plan_id INT UNSIGNED NULL COMMENT 'NULL: the cheapest first',
  ADD KEY tariff_id (tariff_id),
  ADD KEY routing_plan_id (routing_plan_id),
  ADD CONSTRAINT accounts_tariff FOREIGN KEY (tariff_id) REFERENCES tariffs (id),
  ADD CONSTRAINT accounts_routing_plan FOREIGN KEY (routing_plan_id) REFERENCES routing_plans (id)
