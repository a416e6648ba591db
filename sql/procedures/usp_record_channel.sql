CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_record_channel(
  IN p_server_id INT UNSIGNED,
  IN p_unique_id VARCHAR(150) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_event VARCHAR(8) CHARACTER SET ascii COLLATE ascii_nopad_bin,
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
  IN p_dial_string VARCHAR(1023) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
  IN p_called_number VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
  IN p_sent_number VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
  IN p_caller_number VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
  IN p_data_version BIGINT UNSIGNED,
  IN p_decided_at DATETIME(6),
  IN p_rate_id BIGINT UNSIGNED
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Records once that a channel was CREATED or ANSWERED, in a transaction of its own; empty and 0 mean not known.'
BEGIN
  DECLARE RecordedAt DATETIME(6);
  DECLARE AlreadyRecorded TINYINT(1) DEFAULT 1;
  DECLARE Instant DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  CALL `debug`.debug('usp_record_channel', CONCAT_WS(
    ' ', p_event, 'of channel', p_unique_id, 'on server', p_server_id, 'for call', p_call_id,
    'attempt', p_attempt, 'at', p_occurred_at));

  IF p_event NOT IN ('CREATED', 'ANSWERED') OR p_event IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'INVALID_EVENT';
  END IF;

  START TRANSACTION;

  -- The channel's row first, always: its lock puts all reports of one channel in a line, and nobody
  -- waits for it who holds a lock that comes after it.
  INSERT INTO channels (
    server_id, unique_id, call_id, linked_id, name, sip_call_id, leg, attempt, route_id,
    calling_unique_id, account, called_number, caller_number, decided_at, created_at, answered_at,
    first_recorded_at)
  VALUES (
    p_server_id, p_unique_id, NULLIF(p_call_id, ''), NULLIF(p_linked_id, ''), NULLIF(p_name, ''),
    NULLIF(p_sip_call_id, ''), NULLIF(p_leg, ''), NULLIF(p_attempt, 0), NULLIF(p_route_id, ''),
    NULLIF(p_calling_unique_id, ''), NULLIF(p_account, ''), NULLIF(p_called_number, ''),
    NULLIF(p_caller_number, ''), p_decided_at, IF(p_event = 'CREATED', p_occurred_at, NULL),
    IF(p_event = 'ANSWERED', p_occurred_at, NULL), Instant)
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
    called_number = COALESCE(called_number, VALUES(called_number)),
    caller_number = COALESCE(caller_number, VALUES(caller_number)),
    decided_at = COALESCE(decided_at, VALUES(decided_at)),
    created_at = COALESCE(created_at, VALUES(created_at)),
    answered_at = COALESCE(answered_at, VALUES(answered_at));

  SELECT events.recorded_at INTO RecordedAt
  FROM events
  WHERE events.server_id = p_server_id AND events.unique_id = p_unique_id AND events.event = p_event;

  IF RecordedAt IS NULL THEN
    INSERT INTO events (server_id, unique_id, event, call_id, occurred_at, recorded_at)
    VALUES (p_server_id, p_unique_id, p_event, NULLIF(p_call_id, ''), p_occurred_at, Instant);
    SET RecordedAt = Instant, AlreadyRecorded = 0;
  END IF;

  IF p_leg = 'CALLED' AND p_attempt > 0 THEN
    INSERT INTO attempts (
      call_id, server_id, calling_unique_id, attempt, route_id, dial_string, sent_number,
      caller_number, data_version, rate_id, first_recorded_at)
    VALUES (
      IFNULL(p_call_id, ''), p_server_id, IFNULL(p_calling_unique_id, ''), p_attempt,
      NULLIF(p_route_id, ''), NULLIF(p_dial_string, ''), NULLIF(p_sent_number, ''),
      NULLIF(p_caller_number, ''), NULLIF(p_data_version, 0), NULLIF(p_rate_id, 0), Instant)
    ON DUPLICATE KEY UPDATE
      route_id = COALESCE(route_id, VALUES(route_id)),
      dial_string = COALESCE(dial_string, VALUES(dial_string)),
      sent_number = COALESCE(sent_number, VALUES(sent_number)),
      caller_number = COALESCE(caller_number, VALUES(caller_number)),
      data_version = COALESCE(data_version, VALUES(data_version)),
      rate_id = COALESCE(rate_id, VALUES(rate_id));
  END IF;

  COMMIT;

  SELECT RecordedAt AS recorded_at, AlreadyRecorded AS already_recorded;
END
