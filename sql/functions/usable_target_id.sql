CREATE OR REPLACE DEFINER = `definer`@`localhost` FUNCTION usable_target_id(
  p_target_id INT UNSIGNED
)
RETURNS VARCHAR(32) CHARACTER SET ascii COLLATE ascii_nopad_bin
NOT DETERMINISTIC
READS SQL DATA
SQL SECURITY DEFINER
COMMENT 'The id under which calls know what a row of targets leads to; NULL when it leads nowhere now.'
RETURN (
  SELECT CASE targets.kind
    WHEN 'ENDPOINT' THEN (
      SELECT CONCAT('e', endpoints.id) FROM endpoints
      WHERE endpoints.id = targets.endpoint_id AND endpoints.enabled)
    WHEN 'RING_GROUP' THEN (
      SELECT CONCAT('r', ring_groups.id) FROM ring_groups
      WHERE ring_groups.id = targets.ring_group_id AND ring_groups.enabled
        AND EXISTS (
          SELECT 1 FROM ring_group_members
          JOIN endpoints ON endpoints.id = ring_group_members.endpoint_id
          WHERE ring_group_members.ring_group_id = ring_groups.id AND endpoints.enabled))
    WHEN 'LOCATION' THEN CONCAT('l', targets.location_id)
    -- Not a number that is none in full, barred for the account that pays, or rented here: a
    -- provider would bring that call back for ever.
    WHEN 'EXTERNAL' THEN (
      SELECT CONCAT('t', targets.id) FROM accounts
      WHERE accounts.id = targets.account_id AND accounts.enabled
        AND targets.number REGEXP '^[1-9][0-9]{6,14}$'
        AND NOT EXISTS (SELECT 1 FROM numbers_pool WHERE numbers_pool.number = targets.number)
        AND NOT IFNULL((
          SELECT barred_destinations.barred FROM barred_destinations
          WHERE (barred_destinations.account_id = targets.account_id
              OR barred_destinations.account_id IS NULL)
            AND barred_destinations.prefix = LEFT(
              targets.number, CHAR_LENGTH(barred_destinations.prefix))
          ORDER BY CHAR_LENGTH(barred_destinations.prefix) DESC,
            barred_destinations.account_id IS NULL
          LIMIT 1), 0))
  END
  FROM targets
  WHERE targets.id = p_target_id
)
