CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_copy_rates(
  IN p_deck_id INT UNSIGNED,
  IN p_base_deck_id INT UNSIGNED,
  IN p_after_prefix VARCHAR(15) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_first_number INT UNSIGNED,
  IN p_limit INT UNSIGNED
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Copies into a loading deck those of the next rows of its base whose prefixes it does not have; repeatable.'
BEGIN
  DECLARE LastPrefix VARCHAR(15) CHARACTER SET ascii COLLATE ascii_nopad_bin;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  START TRANSACTION;

  IF NOT EXISTS (
    SELECT 1 FROM rate_decks WHERE rate_decks.id = p_deck_id AND rate_decks.state = 'LOADING' FOR UPDATE) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'DECK_NOT_LOADING';
  END IF;
  IF p_first_number + p_limit + 1000 > 16777215 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'DECK_FULL';
  END IF;

  SELECT MAX(next_rates.prefix) INTO LastPrefix
  FROM (
    SELECT rates.prefix FROM rates
    WHERE rates.deck_id = p_base_deck_id AND rates.prefix > p_after_prefix
    ORDER BY rates.prefix LIMIT p_limit) AS next_rates;

  INSERT IGNORE INTO rates (
    deck_id, prefix, hours_id, id, destination, price_per_minute, connect_fee, first_increment_s,
    next_increment_s, minimum_s, blocked, steps_id)
  SELECT
    p_deck_id, base.prefix, base.hours_id,
    p_deck_id * 16777216 + p_first_number + ROW_NUMBER() OVER (ORDER BY base.prefix, base.hours_id),
    base.destination, base.price_per_minute, base.connect_fee, base.first_increment_s,
    base.next_increment_s, base.minimum_s, base.blocked, base.steps_id
  FROM rates AS base
  WHERE base.deck_id = p_base_deck_id AND base.prefix > p_after_prefix AND base.prefix <= LastPrefix
    -- A prefix that was loaded replaces all the base says of it, its other hours too. Numbers below
    -- p_first_number were loaded; those above are of an earlier run of this very copy.
    AND NOT EXISTS (
      SELECT 1 FROM rates AS loaded
      WHERE loaded.deck_id = p_deck_id AND loaded.prefix = base.prefix
        AND loaded.id <= p_deck_id * 16777216 + p_first_number);

  UPDATE rate_decks
  SET rate_decks.touched_at = UTC_TIMESTAMP(6), rate_decks.base_deck_id = p_base_deck_id
  WHERE rate_decks.id = p_deck_id;

  COMMIT;

  SELECT LastPrefix AS last_prefix;
END
