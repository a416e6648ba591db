CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_admit(
  IN p_call_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_server_id INT UNSIGNED,
  IN p_calling_unique_id VARCHAR(150) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_attempt TINYINT UNSIGNED,
  IN p_decided_at DATETIME(6),
  IN p_lease_s INT UNSIGNED,
  IN p_candidates LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Takes a place at the first candidate with room, and gives back what the channel took before; asked again it says the same.'
BEGIN
  DECLARE Owner_, Lack VARCHAR(16) CHARACTER SET ascii COLLATE ascii_nopad_bin;
  DECLARE InUse, Most, Held INT UNSIGNED;
  DECLARE PassedOver TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin DEFAULT '[]';
  DECLARE Answered TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
  DECLARE Instant DATETIME(6);
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  CALL `debug`.debug('usp_admit', CONCAT_WS(
    ' ', 'call', p_call_id, 'channel', p_calling_unique_id, 'on server', p_server_id,
    'attempt', p_attempt, 'candidates', p_candidates));

  SELECT
    MAX(IF(admissions.attempt = p_attempt AND admissions.decided_at = p_decided_at,
      admissions.passed_over, NULL)),
    IFNULL(SUM(admissions.released_at IS NULL), 0)
  INTO Answered, Held
  FROM admissions
  WHERE admissions.call_id = p_call_id AND admissions.server_id = p_server_id
    AND admissions.calling_unique_id = p_calling_unique_id;

  IF Answered IS NULL THEN
    IF Held > 0 THEN
      -- A channel dials one thing at a time. A question that comes late gives back nothing later.
      FOR earlier IN (
        SELECT admissions.attempt
        FROM admissions
        WHERE admissions.call_id = p_call_id AND admissions.server_id = p_server_id
          AND admissions.calling_unique_id = p_calling_unique_id
          AND admissions.released_at IS NULL
          AND (admissions.attempt < p_attempt OR admissions.decided_at <> p_decided_at))
      DO
        CALL usp_release(p_call_id, p_server_id, p_calling_unique_id, earlier.attempt);
      END FOR;
    END IF;

    -- A transaction for each candidate: who is refused holds no lock while it looks elsewhere, so
    -- however calls rank their candidates, nobody waits in a circle.
    candidates: FOR candidate IN (
      SELECT given.*
      FROM JSON_TABLE(p_candidates, '$[*]' COLUMNS (
        place FOR ORDINALITY,
        provider_id INT UNSIGNED PATH '$[0]',
        gate_id INT UNSIGNED PATH '$[1]',
        provider_most_channels INT UNSIGNED PATH '$[2]',
        provider_most_calls_per_second INT UNSIGNED PATH '$[3]',
        gate_most_channels INT UNSIGNED PATH '$[4]',
        gate_most_calls_per_second INT UNSIGNED PATH '$[5]')) AS given
      ORDER BY given.place)
    DO
      SET Instant = UTC_TIMESTAMP(6);
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
      START TRANSACTION;

      -- The question's own row first: whoever asks the same at the same time waits here.
      INSERT INTO admissions (
        call_id, server_id, calling_unique_id, attempt, decided_at, admitted_at, expires_at,
        released_at)
      VALUES (
        p_call_id, p_server_id, p_calling_unique_id, p_attempt, p_decided_at, Instant, Instant,
        Instant)
      ON DUPLICATE KEY UPDATE
        passed_over = IF(decided_at = VALUES(decided_at), passed_over, NULL),
        provider_id = IF(decided_at = VALUES(decided_at), provider_id, NULL),
        gate_id = IF(decided_at = VALUES(decided_at), gate_id, NULL),
        decided_at = VALUES(decided_at);
      SELECT admissions.passed_over INTO Answered
      FROM admissions
      WHERE admissions.call_id = p_call_id AND admissions.server_id = p_server_id
        AND admissions.calling_unique_id = p_calling_unique_id AND admissions.attempt = p_attempt
      FOR UPDATE;
      IF Answered IS NOT NULL THEN
        COMMIT;
        LEAVE candidates;
      END IF;

      SET Owner_ = 'PROVIDER';
      CALL usp_look_for_room(
        Owner_, candidate.provider_id, candidate.provider_id, candidate.provider_most_channels,
        candidate.provider_most_calls_per_second, Lack, InUse);
      IF Lack IS NULL AND candidate.gate_id IS NOT NULL THEN
        SET Owner_ = 'GATE';
        CALL usp_look_for_room(
          Owner_, candidate.gate_id, candidate.provider_id, candidate.gate_most_channels,
          candidate.gate_most_calls_per_second, Lack, InUse);
      END IF;

      IF Lack IS NULL THEN
        SET Instant = UTC_TIMESTAMP(6);
        UPDATE admissions
        SET admissions.provider_id = candidate.provider_id, admissions.gate_id = candidate.gate_id,
          admissions.passed_over = PassedOver, admissions.admitted_at = Instant,
          admissions.expires_at = Instant + INTERVAL p_lease_s SECOND, admissions.released_at = NULL
        WHERE admissions.call_id = p_call_id AND admissions.server_id = p_server_id
          AND admissions.calling_unique_id = p_calling_unique_id AND admissions.attempt = p_attempt;
        UPDATE capacity_use
        SET capacity_use.channels = capacity_use.channels + 1
        WHERE capacity_use.owner = 'PROVIDER' AND capacity_use.owner_id = candidate.provider_id;
        IF candidate.gate_id IS NOT NULL THEN
          UPDATE capacity_use
          SET capacity_use.channels = capacity_use.channels + 1
          WHERE capacity_use.owner = 'GATE' AND capacity_use.owner_id = candidate.gate_id;
        END IF;
        COMMIT;
        LEAVE candidates;
      END IF;

      COMMIT;
      SET Most = CASE
        WHEN Owner_ = 'PROVIDER' AND Lack = 'CHANNELS' THEN candidate.provider_most_channels
        WHEN Owner_ = 'PROVIDER' THEN candidate.provider_most_calls_per_second
        WHEN Lack = 'CHANNELS' THEN candidate.gate_most_channels
        ELSE candidate.gate_most_calls_per_second
      END;
      -- JSON_ARRAY writes a variable as a text, and a sum as a number.
      SET PassedOver = JSON_ARRAY_APPEND(PassedOver, '$', JSON_ARRAY(
        candidate.provider_id + 0, candidate.gate_id + 0, Owner_, Lack, InUse + 0, Most + 0));
    END FOR;

    -- Nobody had room, unless it was said by now who has.
    UPDATE admissions
    SET admissions.passed_over = PassedOver
    WHERE admissions.call_id = p_call_id AND admissions.server_id = p_server_id
      AND admissions.calling_unique_id = p_calling_unique_id AND admissions.attempt = p_attempt
      AND admissions.passed_over IS NULL;
  END IF;

  SELECT admissions.provider_id, admissions.gate_id, admissions.passed_over
  FROM admissions
  WHERE admissions.call_id = p_call_id AND admissions.server_id = p_server_id
    AND admissions.calling_unique_id = p_calling_unique_id AND admissions.attempt = p_attempt
    AND admissions.decided_at = p_decided_at;
END
