CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_finish_rate_deck(
  IN p_deck_id INT UNSIGNED,
  IN p_sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_nopad_bin
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Makes a loading deck READY, from when on its rows never change; once more changes nothing.'
BEGIN
  DECLARE State VARCHAR(7);
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  START TRANSACTION;

  SELECT rate_decks.state INTO State FROM rate_decks WHERE rate_decks.id = p_deck_id FOR UPDATE;
  IF State IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'DECK_NOT_LOADING';
  END IF;

  IF State = 'LOADING' THEN
    UPDATE rate_decks
    SET rate_decks.state = 'READY', rate_decks.sha256 = p_sha256,
      rate_decks.row_count = (SELECT COUNT(*) FROM rates WHERE rates.deck_id = p_deck_id)
    WHERE rate_decks.id = p_deck_id;
  END IF;

  COMMIT;
END
