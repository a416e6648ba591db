CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_measure_quality(
  IN p_from DATETIME(6),
  IN p_to DATETIME(6)
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Replaces the quality figures with those of the called legs that began in a window; writes nothing if they are the same.'
BEGIN
  -- A longer prefix says less of a provider than its few calls cost in figures.
  DECLARE MostDigits TINYINT UNSIGNED DEFAULT 6;
  -- Fewer attempts to a prefix are no figure; those to anywhere always are.
  DECLARE SmallestSample INT UNSIGNED DEFAULT 20;
  DECLARE MostFigures INT UNSIGNED DEFAULT 5000;
  -- Ten minutes: longer than any Dial rings, so no delay but somebody's mistake.
  DECLARE LongestDelayMs BIGINT UNSIGNED DEFAULT 600000;
  DECLARE Measured LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
  DECLARE Held INT UNSIGNED;
  DECLARE Same INT UNSIGNED;
  DECLARE IsNew TINYINT(1) DEFAULT 0;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  IF p_from IS NULL OR p_to IS NULL OR p_from >= p_to THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'INVALID_WINDOW';
  END IF;

  -- Into a variable, not into a table: so it locks no channel, and calls are recorded beside it.
  SET STATEMENT group_concat_max_len = 16777216 FOR
  WITH
  -- An attempt is a seizure: a called leg that came to be. One that has not ended yet has no result.
  legs AS (
    SELECT called.server_id, called.route_id, called.answered_at, called.ended_at,
      LEFT(COALESCE(called.called_number, calling.called_number, ''), MostDigits) AS head,
      -- Dial tells the calling channel, of its last attempt.
      CASE
        WHEN called.ring_ms IS NOT NULL OR called.progress_ms IS NOT NULL
          THEN LEAST(COALESCE(called.ring_ms, called.progress_ms), COALESCE(called.progress_ms, called.ring_ms))
        WHEN calling.ring_ms IS NULL AND calling.progress_ms IS NULL OR called.attempt IS NULL THEN NULL
        WHEN EXISTS (
          SELECT 1 FROM attempts
          WHERE attempts.call_id = called.call_id AND attempts.server_id = called.server_id
            AND attempts.calling_unique_id = called.calling_unique_id AND attempts.attempt > called.attempt) THEN NULL
        ELSE LEAST(COALESCE(calling.ring_ms, calling.progress_ms), COALESCE(calling.progress_ms, calling.ring_ms))
      END AS pdd_ms
    FROM channels AS called FORCE INDEX (began_at)
    LEFT JOIN channels AS calling
      ON calling.server_id = called.server_id AND calling.unique_id = called.calling_unique_id
    WHERE called.began_at >= p_from AND called.began_at < p_to AND called.leg = 'CALLED'
      AND called.ended_at IS NOT NULL AND called.route_id IS NOT NULL
  ),
  by_route AS (
    SELECT legs.server_id, legs.route_id, legs.head, COUNT(*) AS attempts, COUNT(legs.answered_at) AS answered,
      SUM(IFNULL(GREATEST(TIMESTAMPDIFF(MICROSECOND, legs.answered_at, legs.ended_at), 0), 0)) AS talk_us,
      SUM(IF(legs.pdd_ms <= LongestDelayMs, legs.pdd_ms, 0)) AS pdd_ms,
      COUNT(IF(legs.pdd_ms <= LongestDelayMs, 1, NULL)) AS pdd_attempts,
      -- "g8" of "g8.A" and of "t5.g8.A"; an emergency route and one on our own net have no such part.
      SUBSTRING_INDEX(SUBSTRING_INDEX(legs.route_id, '.', -2), '.', 1) AS way,
      IF(legs.route_id LIKE 't%', SUBSTRING(SUBSTRING_INDEX(legs.route_id, '.', 1), 2), NULL) AS target
    FROM legs
    GROUP BY legs.server_id, legs.route_id, legs.head
  ),
  -- A gate's leg counts on the gate's server: the server that asked records the leg to that one under the same route.
  by_provider AS (
    SELECT COALESCE(providers_ips.provider_id, numbers_pool.provider_id) AS provider_id,
      REGEXP_SUBSTR(IF(by_route.target IS NULL, by_route.head, LEFT(IFNULL(targets.number, ''), MostDigits)), '^[0-9]*$') AS head,
      by_route.attempts, by_route.answered, by_route.talk_us, by_route.pdd_ms, by_route.pdd_attempts
    FROM by_route
    LEFT JOIN providers_ips
      ON providers_ips.id = IF(by_route.way REGEXP '^a[0-9]+$', CAST(SUBSTRING(by_route.way, 2) AS UNSIGNED), NULL)
    LEFT JOIN gates
      ON gates.id = IF(by_route.way REGEXP '^g[0-9]+$', CAST(SUBSTRING(by_route.way, 2) AS UNSIGNED), NULL)
      AND gates.serverid = by_route.server_id
    LEFT JOIN numbers_pool ON numbers_pool.id = gates.numbers_pool_id
    LEFT JOIN targets ON targets.id = CAST(by_route.target AS UNSIGNED)
    WHERE providers_ips.provider_id IS NOT NULL OR numbers_pool.provider_id IS NOT NULL
  ),
  lengths AS (
    SELECT 0 AS digits UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3
    UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6
  ),
  figures AS (
    SELECT by_provider.provider_id, LEFT(by_provider.head, lengths.digits) AS prefix,
      SUM(by_provider.attempts) AS attempts, SUM(by_provider.answered) AS answered,
      SUM(by_provider.talk_us) DIV 1000 AS talk_ms, SUM(by_provider.pdd_ms) AS pdd_ms,
      SUM(by_provider.pdd_attempts) AS pdd_attempts
    FROM by_provider
    JOIN lengths ON lengths.digits <= CHAR_LENGTH(by_provider.head)
    GROUP BY by_provider.provider_id, LEFT(by_provider.head, lengths.digits)
    HAVING prefix = '' OR attempts >= SmallestSample
    ORDER BY prefix = '' DESC, attempts DESC, prefix, provider_id
    LIMIT MostFigures
  )
  SELECT IFNULL(JSON_ARRAYAGG(JSON_ARRAY(
    figures.provider_id, figures.prefix, figures.attempts, figures.answered, figures.talk_ms, figures.pdd_ms,
    figures.pdd_attempts)), '[]')
  INTO Measured
  FROM figures;

  START TRANSACTION;

  -- Whoever else measures waits here.
  SELECT COUNT(*) INTO Held FROM quality_figures FOR UPDATE;

  SELECT COUNT(*) INTO Same
  FROM JSON_TABLE(Measured, '$[*]' COLUMNS (
    provider_id INT UNSIGNED PATH '$[0]',
    prefix VARCHAR(15) CHARACTER SET ascii COLLATE ascii_nopad_bin PATH '$[1]',
    attempts INT UNSIGNED PATH '$[2]',
    answered INT UNSIGNED PATH '$[3]',
    talk_ms BIGINT UNSIGNED PATH '$[4]',
    pdd_ms BIGINT UNSIGNED PATH '$[5]',
    pdd_attempts INT UNSIGNED PATH '$[6]')) AS measured
  JOIN quality_figures USING (provider_id, prefix, attempts, answered, talk_ms, pdd_ms, pdd_attempts);

  -- The triggers would move the data version for nothing.
  IF Same <> Held OR Same <> JSON_LENGTH(Measured) THEN
    DELETE FROM quality_figures;

    INSERT INTO quality_figures (
      provider_id, prefix, measured_from, measured_to, attempts, answered, talk_ms, pdd_ms, pdd_attempts)
    SELECT measured.provider_id, measured.prefix, p_from, p_to, measured.attempts, measured.answered,
      measured.talk_ms, measured.pdd_ms, measured.pdd_attempts
    FROM JSON_TABLE(Measured, '$[*]' COLUMNS (
      provider_id INT UNSIGNED PATH '$[0]',
      prefix VARCHAR(15) CHARACTER SET ascii COLLATE ascii_nopad_bin PATH '$[1]',
      attempts INT UNSIGNED PATH '$[2]',
      answered INT UNSIGNED PATH '$[3]',
      talk_ms BIGINT UNSIGNED PATH '$[4]',
      pdd_ms BIGINT UNSIGNED PATH '$[5]',
      pdd_attempts INT UNSIGNED PATH '$[6]')) AS measured
    -- A provider that was removed meanwhile has no figures.
    JOIN providers ON providers.id = measured.provider_id;

    SET IsNew = 1;
  END IF;

  COMMIT;

  SELECT IsNew AS is_new;
END
