CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_discard_rate_deck(
  IN p_deck_id INT UNSIGNED,
  IN p_left_alone_s INT UNSIGNED,
  IN p_limit INT UNSIGNED
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Removes some rows of a LOADING deck, at last the deck; id 0: of any that nobody has touched for so long.'
BEGIN
  DECLARE DeckId INT UNSIGNED;
  DECLARE Removed INT UNSIGNED DEFAULT 0;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  START TRANSACTION;

  SELECT rate_decks.id INTO DeckId
  FROM rate_decks
  WHERE rate_decks.state = 'LOADING'
    -- A deck that is named goes whenever it was touched: the last rows may just be arriving.
    AND (rate_decks.id = p_deck_id
      OR (p_deck_id = 0 AND rate_decks.touched_at <= UTC_TIMESTAMP(6) - INTERVAL p_left_alone_s SECOND))
  ORDER BY rate_decks.id LIMIT 1 FOR UPDATE;

  -- In batches, each a transaction of its own: a million rows at once would hold their locks, and
  -- their undo, for as long as it takes.
  DELETE FROM rates WHERE rates.deck_id = DeckId LIMIT p_limit;
  SET Removed = ROW_COUNT();
  IF Removed < p_limit THEN
    DELETE FROM rate_decks WHERE rate_decks.id = DeckId;
  END IF;

  COMMIT;

  SELECT DeckId IS NOT NULL AS is_more;
END
