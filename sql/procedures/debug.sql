CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE `debug`.debug(
  IN ProcedureName VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
  IN DebugText LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Keeps a line about a procedure whose switch is on; it survives a rollback, commits nothing and never fails.'
BEGIN
  DECLARE Enabled TINYINT(1) DEFAULT 0;
  -- Its caller's work matters more than a line about it.
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION, NOT FOUND BEGIN END;

  SELECT debug_switches.enabled INTO Enabled
  FROM `debug`.debug_switches
  WHERE debug_switches.procedure_name = ProcedureName;

  IF Enabled THEN
    INSERT INTO `debug`.debug_records (procedure_name, debug_text)
    VALUES (LEFT(IFNULL(ProcedureName, ''), 50), LEFT(IFNULL(DebugText, ''), 16000));
  END IF;
END
