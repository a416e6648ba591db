CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_release(
  IN p_call_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_server_id INT UNSIGNED,
  IN p_calling_unique_id VARCHAR(150) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_attempt TINYINT UNSIGNED
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Gives back the place that an attempt took, once however often it is called, in a transaction of its own.'
BEGIN
  DECLARE ProviderId, GateId INT UNSIGNED;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
  START TRANSACTION;

  -- The place first, then the provider's number, then the gate's: as in usp_admit.
  SELECT admissions.provider_id, admissions.gate_id INTO ProviderId, GateId
  FROM admissions
  WHERE admissions.call_id = p_call_id AND admissions.server_id = p_server_id
    AND admissions.calling_unique_id = p_calling_unique_id AND admissions.attempt = p_attempt
    AND admissions.released_at IS NULL
  FOR UPDATE;

  IF ProviderId IS NOT NULL THEN
    UPDATE admissions
    SET admissions.released_at = UTC_TIMESTAMP(6)
    WHERE admissions.call_id = p_call_id AND admissions.server_id = p_server_id
      AND admissions.calling_unique_id = p_calling_unique_id AND admissions.attempt = p_attempt;
    UPDATE capacity_use
    SET capacity_use.channels = capacity_use.channels - 1
    WHERE capacity_use.owner = 'PROVIDER' AND capacity_use.owner_id = ProviderId
      AND capacity_use.channels > 0;
    UPDATE capacity_use
    SET capacity_use.channels = capacity_use.channels - 1
    WHERE capacity_use.owner = 'GATE' AND capacity_use.owner_id = GateId
      AND capacity_use.channels > 0;
  END IF;

  COMMIT;
END
