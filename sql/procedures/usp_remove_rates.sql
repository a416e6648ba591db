CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_remove_rates(
  IN p_deck_id INT UNSIGNED,
  IN p_prefixes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Takes prefixes out of a loading deck, those that its file says are no longer sold.'
BEGIN
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

  DELETE rates
  FROM JSON_TABLE(p_prefixes, '$[*]' COLUMNS (
    prefix VARCHAR(15) CHARACTER SET ascii COLLATE ascii_nopad_bin PATH '$')) AS removed
  JOIN rates ON rates.deck_id = p_deck_id AND rates.prefix = removed.prefix;

  COMMIT;
END
