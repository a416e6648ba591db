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
  DECLARE OwnerId INT UNSIGNED;
  DECLARE BaseDeckId INT UNSIGNED;
  DECLARE BeforeId INT UNSIGNED;
  DECLARE Takeover DATETIME(6);
  DECLARE DeckTier VARCHAR(11) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
  -- A call in progress prices its later attempts as of its beginning.
  DECLARE Before_ DATETIME(6) DEFAULT UTC_TIMESTAMP(6) - INTERVAL 1 HOUR;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  -- Whose deck it is never changes. The owner's row is locked, so its decks come into force and go out of
  -- it one after the other, and what is read below is what holds now.
  SELECT rate_decks.provider_id, rate_decks.tariff_id INTO ProviderId, TariffId
  FROM rate_decks WHERE rate_decks.id = p_deck_id;
  START TRANSACTION;
  IF ProviderId IS NOT NULL THEN
    SELECT providers.id INTO OwnerId FROM providers WHERE providers.id = ProviderId FOR UPDATE;
  ELSE
    SELECT tariffs.id INTO OwnerId FROM tariffs WHERE tariffs.id = TariffId FOR UPDATE;
  END IF;

  SELECT rate_decks.state, rate_decks.tier, rate_decks.base_deck_id, GREATEST(rate_decks.valid_from, UTC_TIMESTAMP(6))
  INTO State, DeckTier, BaseDeckId, Takeover
  FROM rate_decks WHERE rate_decks.id = p_deck_id FOR UPDATE;
  IF State IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'UNKNOWN_DECK';
  END IF;
  IF State = 'LOADING' THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'DECK_NOT_READY';
  END IF;

  IF State <> 'ACTIVE' THEN
    -- A merged deck says again what its base said. Over another one it would undo what that one changed.
    IF BaseDeckId IS NOT NULL THEN
      SELECT rate_decks.id INTO BeforeId
      FROM rate_decks
      WHERE rate_decks.state = 'ACTIVE' AND rate_decks.provider_id <=> ProviderId
        AND rate_decks.tariff_id <=> TariffId AND rate_decks.tier <=> DeckTier
        AND rate_decks.valid_from <= Takeover
        AND (rate_decks.valid_to IS NULL OR rate_decks.valid_to > Takeover)
      ORDER BY rate_decks.valid_from DESC, rate_decks.id DESC LIMIT 1;
      IF NOT BeforeId <=> BaseDeckId THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'OTHER_BASE';
      END IF;
    END IF;

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
