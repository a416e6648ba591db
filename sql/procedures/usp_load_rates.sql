CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_load_rates(
  IN p_deck_id INT UNSIGNED,
  IN p_rows_before INT UNSIGNED,
  IN p_row_count INT UNSIGNED,
  IN p_groups LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Adds the rows that follow the first so many to a loading deck; the same rows sent again change nothing.'
BEGIN
  DECLARE State VARCHAR(7);
  DECLARE RowsNow INT UNSIGNED;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  START TRANSACTION;

  SELECT rate_decks.state, rate_decks.row_count INTO State, RowsNow
  FROM rate_decks WHERE rate_decks.id = p_deck_id FOR UPDATE;
  IF State IS NULL OR State <> 'LOADING' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'DECK_NOT_LOADING';
  END IF;

  IF RowsNow < p_rows_before OR (RowsNow > p_rows_before AND RowsNow < p_rows_before + p_row_count) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'ROWS_MISSING';
  END IF;
  IF p_rows_before + p_row_count > 16777215 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'DECK_FULL';
  END IF;

  IF RowsNow = p_rows_before THEN
    -- Rows come in groups that share everything but prefix, destination and price: a column that
    -- JSON_TABLE need not find again for each row makes the load a third faster.
    INSERT INTO rates (
      deck_id, prefix, hours_id, id, destination, price_per_minute, connect_fee, first_increment_s,
      next_increment_s, minimum_s, blocked, steps_id)
    SELECT
      p_deck_id, loaded.prefix, loaded.hours_id,
      p_deck_id * 16777216 + p_rows_before + loaded.group_before + loaded.number,
      loaded.destination, loaded.price_per_minute, loaded.connect_fee, loaded.first_increment_s,
      loaded.next_increment_s, loaded.minimum_s, loaded.blocked, loaded.steps_id
    FROM JSON_TABLE(p_groups, '$[*]' COLUMNS (
      hours_id SMALLINT UNSIGNED PATH '$[0]',
      connect_fee DECIMAL(18,8) PATH '$[1]',
      first_increment_s SMALLINT UNSIGNED PATH '$[2]',
      next_increment_s SMALLINT UNSIGNED PATH '$[3]',
      minimum_s SMALLINT UNSIGNED PATH '$[4]',
      blocked TINYINT PATH '$[5]',
      steps_id INT UNSIGNED PATH '$[6]',
      group_before INT UNSIGNED PATH '$[7]',
      NESTED PATH '$[8][*]' COLUMNS (
        number FOR ORDINALITY,
        prefix VARCHAR(15) CHARACTER SET ascii COLLATE ascii_nopad_bin PATH '$[0]',
        destination VARCHAR(100) PATH '$[1]',
        price_per_minute DECIMAL(18,8) PATH '$[2]'))) AS loaded;
    IF ROW_COUNT() <> p_row_count THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'ROWS_MISCOUNTED';
    END IF;

    UPDATE rate_decks
    SET rate_decks.row_count = p_rows_before + p_row_count, rate_decks.touched_at = UTC_TIMESTAMP(6)
    WHERE rate_decks.id = p_deck_id;
  END IF;

  COMMIT;
END
