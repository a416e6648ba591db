CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_look_for_room(
  IN p_owner VARCHAR(8) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_owner_id INT UNSIGNED,
  IN p_provider_id INT UNSIGNED,
  IN p_most_channels INT UNSIGNED,
  IN p_most_calls_per_second INT UNSIGNED,
  OUT p_lack VARCHAR(16) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  OUT p_in_use INT UNSIGNED
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Says what a provider or a gate lacks for one call more; NULL: nothing, and it stays locked until the transaction ends.'
BEGIN
  DECLARE CountedAt, Instant DATETIME(6);
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;

  SET p_lack = NULL, p_in_use = 0, Instant = UTC_TIMESTAMP(6);

  IF p_most_channels IS NOT NULL THEN
    -- Who is full, and was counted only now, is so without anybody waiting for the lock.
    SELECT capacity_use.channels, capacity_use.counted_at INTO p_in_use, CountedAt
    FROM capacity_use
    WHERE capacity_use.owner = p_owner AND capacity_use.owner_id = p_owner_id;
  END IF;

  IF NOT IFNULL(p_in_use >= p_most_channels AND CountedAt >= Instant - INTERVAL 1 SECOND, 0) THEN
    SET CountedAt = NULL;
    SELECT capacity_use.channels, capacity_use.counted_at INTO p_in_use, CountedAt
    FROM capacity_use
    WHERE capacity_use.owner = p_owner AND capacity_use.owner_id = p_owner_id FOR UPDATE;
    IF CountedAt IS NULL THEN
      -- An insert that finds a row, because somebody else was first, locks it as well.
      INSERT INTO capacity_use (owner, owner_id, channels, counted_at)
      VALUES (p_owner, p_owner_id, 0, '1970-01-01')
      ON DUPLICATE KEY UPDATE owner_id = VALUES(owner_id);
      SELECT capacity_use.channels, capacity_use.counted_at INTO p_in_use, CountedAt
      FROM capacity_use
      WHERE capacity_use.owner = p_owner AND capacity_use.owner_id = p_owner_id FOR UPDATE;
    END IF;
    SET Instant = UTC_TIMESTAMP(6);
  END IF;

  IF p_in_use >= p_most_channels AND CountedAt < Instant - INTERVAL 1 SECOND THEN
    -- Nothing else looks for places whose calls never said that they ended. They are locked one by
    -- one: a range would take in the next place, whose call may be waiting for this very row.
    FOR expired IN (
      SELECT
        admissions.call_id, admissions.server_id, admissions.calling_unique_id, admissions.attempt
      FROM admissions
      WHERE admissions.provider_id = p_provider_id AND admissions.released_at IS NULL
        AND admissions.expires_at <= Instant)
    DO
      UPDATE admissions
      SET admissions.released_at = Instant
      WHERE admissions.call_id = expired.call_id AND admissions.server_id = expired.server_id
        AND admissions.calling_unique_id = expired.calling_unique_id
        AND admissions.attempt = expired.attempt AND admissions.released_at IS NULL;
    END FOR;
    -- Counting also mends a number that somebody's own statements made wrong.
    SELECT COUNT(*) INTO p_in_use
    FROM admissions
    WHERE admissions.provider_id = p_provider_id AND admissions.released_at IS NULL
      AND (p_owner = 'PROVIDER' OR admissions.gate_id = p_owner_id);
    UPDATE capacity_use
    SET capacity_use.channels = p_in_use, capacity_use.counted_at = Instant
    WHERE capacity_use.owner = p_owner AND capacity_use.owner_id = p_owner_id;
  END IF;

  IF p_in_use >= p_most_channels THEN
    SET p_lack = 'CHANNELS';
  ELSEIF p_most_calls_per_second IS NOT NULL THEN
    SELECT COUNT(*) INTO p_in_use
    FROM admissions
    WHERE admissions.provider_id = p_provider_id
      AND admissions.admitted_at > Instant - INTERVAL 1 SECOND
      AND (p_owner = 'PROVIDER' OR admissions.gate_id = p_owner_id);
    IF p_in_use >= p_most_calls_per_second THEN
      SET p_lack = 'CALLS_PER_SECOND';
    END IF;
  END IF;
END
