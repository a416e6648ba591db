CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_rate_steps_id(
  IN p_spec VARCHAR(700) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_steps LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Gives the id of a list of steps, and keeps it if it is new.'
BEGIN
  DECLARE StepsId INT UNSIGNED;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  START TRANSACTION;

  INSERT INTO rate_step_lists (spec) VALUES (p_spec) ON DUPLICATE KEY UPDATE rate_step_lists.spec = p_spec;
  SELECT rate_step_lists.id INTO StepsId FROM rate_step_lists WHERE rate_step_lists.spec = p_spec FOR UPDATE;

  INSERT IGNORE INTO rate_steps (steps_id, from_s, price_per_minute, increment_s)
  SELECT StepsId, step.from_s, step.price_per_minute, step.increment_s
  FROM JSON_TABLE(p_steps, '$[*]' COLUMNS (
    from_s SMALLINT UNSIGNED PATH '$[0]',
    price_per_minute DECIMAL(18,8) PATH '$[1]',
    increment_s SMALLINT UNSIGNED PATH '$[2]')) AS step;

  COMMIT;

  SELECT StepsId AS id;
END
