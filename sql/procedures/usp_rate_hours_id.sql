CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_rate_hours_id(
  IN p_timezone VARCHAR(64) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_spec VARCHAR(255) CHARACTER SET ascii COLLATE ascii_nopad_bin
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Gives the id of these hours, and keeps them if they are new.'
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM rate_hours WHERE rate_hours.timezone = p_timezone AND rate_hours.spec = p_spec) THEN
    INSERT INTO rate_hours (name, timezone, spec)
    VALUES (LEFT(CONCAT(p_spec, ' ', p_timezone), 100), p_timezone, p_spec)
    ON DUPLICATE KEY UPDATE rate_hours.name = rate_hours.name;
  END IF;

  SELECT rate_hours.id FROM rate_hours WHERE rate_hours.timezone = p_timezone AND rate_hours.spec = p_spec;
END
