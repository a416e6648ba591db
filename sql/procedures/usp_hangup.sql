CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_hangup(
  IN p_server_id INT UNSIGNED,
  IN p_unique_id VARCHAR(150) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_occurred_at DATETIME(6),
  IN p_call_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_linked_id VARCHAR(150) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_name VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
  IN p_sip_call_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
  IN p_leg VARCHAR(7) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_attempt TINYINT UNSIGNED,
  IN p_route_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_calling_unique_id VARCHAR(150) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_account VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
  IN p_created_at DATETIME(6),
  IN p_answered_at DATETIME(6),
  IN p_q850_cause TINYINT UNSIGNED,
  IN p_sip_status SMALLINT UNSIGNED,
  IN p_tech_cause VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
  IN p_hangup_source VARCHAR(6) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_dial_status VARCHAR(11) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_answered_ms BIGINT UNSIGNED,
  IN p_dialled_ms BIGINT UNSIGNED,
  IN p_ring_ms BIGINT UNSIGNED,
  IN p_progress_ms BIGINT UNSIGNED
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Records once that a channel ended, in a transaction of its own, and gives back its place; empty and NULL mean not known.'
BEGIN
  DECLARE RecordedAt DATETIME(6);
  DECLARE AlreadyRecorded TINYINT(1) DEFAULT 1;
  DECLARE Instant DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
  DECLARE CallId VARCHAR(32) CHARACTER SET ascii COLLATE ascii_nopad_bin;
  DECLARE LegNow VARCHAR(7) CHARACTER SET ascii COLLATE ascii_nopad_bin;
  DECLARE AttemptNow TINYINT UNSIGNED;
  DECLARE CallingUniqueId VARCHAR(150) CHARACTER SET ascii COLLATE ascii_nopad_bin;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  CALL `debug`.debug('usp_hangup', CONCAT_WS(
    ' ', 'HANGUP of channel', p_unique_id, 'on server', p_server_id, 'for call', p_call_id,
    'attempt', p_attempt, 'cause', p_q850_cause, 'at', p_occurred_at));

  START TRANSACTION;

  -- The channel's row first, always: its lock puts all reports of one channel in a line, and nobody
  -- waits for it who holds a lock that comes after it.
  INSERT INTO channels (
    server_id, unique_id, call_id, linked_id, name, sip_call_id, leg, attempt, route_id,
    calling_unique_id, account, created_at, answered_at, ended_at, q850_cause, sip_status,
    tech_cause, hangup_source, dial_status, answered_ms, dialled_ms, ring_ms, progress_ms,
    first_recorded_at)
  VALUES (
    p_server_id, p_unique_id, NULLIF(p_call_id, ''), NULLIF(p_linked_id, ''), NULLIF(p_name, ''),
    NULLIF(p_sip_call_id, ''), NULLIF(p_leg, ''), NULLIF(p_attempt, 0), NULLIF(p_route_id, ''),
    NULLIF(p_calling_unique_id, ''), NULLIF(p_account, ''), p_created_at, p_answered_at,
    p_occurred_at, p_q850_cause, p_sip_status, NULLIF(p_tech_cause, ''),
    NULLIF(p_hangup_source, ''), NULLIF(p_dial_status, ''), p_answered_ms, p_dialled_ms, p_ring_ms,
    p_progress_ms, Instant)
  ON DUPLICATE KEY UPDATE
    call_id = COALESCE(call_id, VALUES(call_id)),
    linked_id = COALESCE(linked_id, VALUES(linked_id)),
    name = COALESCE(name, VALUES(name)),
    sip_call_id = COALESCE(sip_call_id, VALUES(sip_call_id)),
    leg = COALESCE(leg, VALUES(leg)),
    attempt = COALESCE(attempt, VALUES(attempt)),
    route_id = COALESCE(route_id, VALUES(route_id)),
    calling_unique_id = COALESCE(calling_unique_id, VALUES(calling_unique_id)),
    account = COALESCE(account, VALUES(account)),
    created_at = COALESCE(created_at, VALUES(created_at)),
    answered_at = COALESCE(answered_at, VALUES(answered_at)),
    ended_at = COALESCE(ended_at, VALUES(ended_at)),
    q850_cause = COALESCE(q850_cause, VALUES(q850_cause)),
    sip_status = COALESCE(sip_status, VALUES(sip_status)),
    tech_cause = COALESCE(tech_cause, VALUES(tech_cause)),
    hangup_source = COALESCE(hangup_source, VALUES(hangup_source)),
    dial_status = COALESCE(dial_status, VALUES(dial_status)),
    answered_ms = COALESCE(answered_ms, VALUES(answered_ms)),
    dialled_ms = COALESCE(dialled_ms, VALUES(dialled_ms)),
    ring_ms = COALESCE(ring_ms, VALUES(ring_ms)),
    progress_ms = COALESCE(progress_ms, VALUES(progress_ms));

  SELECT events.recorded_at INTO RecordedAt
  FROM events
  WHERE events.server_id = p_server_id AND events.unique_id = p_unique_id
    AND events.event = 'HANGUP';

  IF RecordedAt IS NULL THEN
    INSERT INTO events (server_id, unique_id, event, call_id, occurred_at, recorded_at)
    VALUES (p_server_id, p_unique_id, 'HANGUP', NULLIF(p_call_id, ''), p_occurred_at, Instant);
    SET RecordedAt = Instant, AlreadyRecorded = 0;
  END IF;

  IF p_leg = 'CALLED' AND p_attempt > 0 THEN
    INSERT INTO attempts (
      call_id, server_id, calling_unique_id, attempt, route_id, first_recorded_at)
    VALUES (
      IFNULL(p_call_id, ''), p_server_id, IFNULL(p_calling_unique_id, ''), p_attempt,
      NULLIF(p_route_id, ''), Instant)
    ON DUPLICATE KEY UPDATE
      route_id = COALESCE(route_id, VALUES(route_id));
  END IF;

  COMMIT;

  -- What is counted never stands in the way of what is recorded, so it comes after. A called channel
  -- gives back its own place, by what was first said of it: a transfer may have told it otherwise
  -- since. A calling one gives back those for which no channel was ever made.
  SELECT channels.call_id, channels.leg, channels.attempt, IFNULL(channels.calling_unique_id, '')
  INTO CallId, LegNow, AttemptNow, CallingUniqueId
  FROM channels
  WHERE channels.server_id = p_server_id AND channels.unique_id = p_unique_id;

  IF EXISTS (
    SELECT 1 FROM admissions
    WHERE admissions.call_id = CallId AND admissions.server_id = p_server_id
      AND admissions.released_at IS NULL) THEN
    FOR place IN (
      SELECT admissions.calling_unique_id, admissions.attempt
      FROM admissions
      WHERE admissions.call_id = CallId AND admissions.server_id = p_server_id
        AND admissions.released_at IS NULL
        AND ((LegNow = 'CALLED' AND admissions.attempt = AttemptNow
            AND admissions.calling_unique_id IN ('', CallingUniqueId))
          OR (LegNow = 'CALLING' AND admissions.calling_unique_id = p_unique_id AND NOT EXISTS (
            SELECT 1 FROM channels
            WHERE channels.call_id = admissions.call_id
              AND channels.server_id = admissions.server_id AND channels.leg = 'CALLED'
              AND channels.calling_unique_id = admissions.calling_unique_id
              AND channels.attempt = admissions.attempt))))
    DO
      CALL usp_release(CallId, p_server_id, place.calling_unique_id, place.attempt);
    END FOR;
  END IF;

  SELECT RecordedAt AS recorded_at, AlreadyRecorded AS already_recorded;
END
