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
    WHEN 'EXTERNAL' THEN CONCAT('t', targets.id)
  END
  FROM targets
  WHERE targets.id = p_target_id
)
