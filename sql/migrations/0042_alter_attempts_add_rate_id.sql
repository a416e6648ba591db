ALTER TABLE attempts
  ADD COLUMN rate_id BIGINT UNSIGNED NULL COMMENT 'Of rates: what priced the route; NULL: it was not priced' AFTER data_version
