CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_activate_rate_deck(
  IN p_deck_id INT UNSIGNED
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Puts a deck in force for its dates and retires those that it leaves nothing to, at once; repeatable.'
BEGIN
  DECLARE State VARCHAR(7);
  DECLARE ProviderId INT UNSIGNED;
  DECLARE TariffId INT UNSIGNED;
  DECLARE DeckTier VARCHAR(11) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
  -- A call in progress prices its later attempts as of its beginning.
  DECLARE Before_ DATETIME(6) DEFAULT UTC_TIMESTAMP(6) - INTERVAL 1 HOUR;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  START TRANSACTION;

  SELECT rate_decks.state, rate_decks.provider_id, rate_decks.tariff_id, rate_decks.tier
  INTO State, ProviderId, TariffId, DeckTier
  FROM rate_decks WHERE rate_decks.id = p_deck_id FOR UPDATE;
  IF State IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'UNKNOWN_DECK';
  END IF;
  IF State = 'LOADING' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'DECK_NOT_READY';
  END IF;

  IF State <> 'ACTIVE' THEN
    UPDATE rate_decks
    SET rate_decks.state = 'ACTIVE', rate_decks.activated_at = UTC_TIMESTAMP(6), rate_decks.rolled_back_at = NULL
    WHERE rate_decks.id = p_deck_id;

    UPDATE rate_decks AS old
    SET old.state = 'RETIRED'
    WHERE old.state = 'ACTIVE' AND old.provider_id <=> ProviderId AND old.tariff_id <=> TariffId
      AND old.tier <=> DeckTier AND old.id <> p_deck_id
      AND (old.valid_to <= Before_ OR EXISTS (
        SELECT 1 FROM (
          SELECT rate_decks.id, rate_decks.valid_from FROM rate_decks
          WHERE rate_decks.state = 'ACTIVE' AND rate_decks.provider_id <=> ProviderId
            AND rate_decks.tariff_id <=> TariffId AND rate_decks.tier <=> DeckTier
            AND rate_decks.valid_to IS NULL AND rate_decks.valid_from <= Before_) AS newer
        WHERE newer.valid_from > old.valid_from OR (newer.valid_from = old.valid_from AND newer.id > old.id)));
  END IF;

  COMMIT;
END
