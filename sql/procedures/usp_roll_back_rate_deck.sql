CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_roll_back_rate_deck(
  IN p_deck_id INT UNSIGNED
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Takes an active deck out of force, and puts the one before it back when no other would hold; at once.'
BEGIN
  DECLARE State VARCHAR(7);
  DECLARE ProviderId INT UNSIGNED;
  DECLARE TariffId INT UNSIGNED;
  DECLARE OwnerId INT UNSIGNED;
  DECLARE DeckTier VARCHAR(11) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
  DECLARE ValidFrom DATETIME(6);
  DECLARE RolledBackAt DATETIME(6);
  DECLARE Earlier INT UNSIGNED;
  DECLARE Instant DATETIME(6) DEFAULT UTC_TIMESTAMP(6);
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  -- Locked in the order that usp_activate_rate_deck locks in.
  SELECT rate_decks.provider_id, rate_decks.tariff_id INTO ProviderId, TariffId
  FROM rate_decks WHERE rate_decks.id = p_deck_id;
  START TRANSACTION;
  IF ProviderId IS NOT NULL THEN
    SELECT providers.id INTO OwnerId FROM providers WHERE providers.id = ProviderId FOR UPDATE;
  ELSE
    SELECT tariffs.id INTO OwnerId FROM tariffs WHERE tariffs.id = TariffId FOR UPDATE;
  END IF;

  SELECT rate_decks.state, rate_decks.tier, rate_decks.valid_from, rate_decks.rolled_back_at
  INTO State, DeckTier, ValidFrom, RolledBackAt
  FROM rate_decks WHERE rate_decks.id = p_deck_id FOR UPDATE;
  IF State IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'UNKNOWN_DECK';
  END IF;
  IF State <> 'ACTIVE' AND RolledBackAt IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'DECK_NOT_ACTIVE';
  END IF;

  IF State = 'ACTIVE' THEN
    -- A deck that is to come leaves the present one in force: nothing is missed without it.
    IF ValidFrom <= Instant AND NOT EXISTS (
      SELECT 1 FROM rate_decks
      WHERE rate_decks.state = 'ACTIVE' AND rate_decks.provider_id <=> ProviderId
        AND rate_decks.tariff_id <=> TariffId AND rate_decks.tier <=> DeckTier AND rate_decks.id <> p_deck_id
        AND rate_decks.valid_from <= Instant
        AND (rate_decks.valid_to IS NULL OR rate_decks.valid_to > Instant)) THEN
      SELECT rate_decks.id INTO Earlier
      FROM rate_decks
      WHERE rate_decks.state = 'RETIRED' AND rate_decks.provider_id <=> ProviderId
        AND rate_decks.tariff_id <=> TariffId AND rate_decks.tier <=> DeckTier
        AND rate_decks.rolled_back_at IS NULL
        AND (rate_decks.valid_from < ValidFrom OR (rate_decks.valid_from = ValidFrom AND rate_decks.id < p_deck_id))
        AND (rate_decks.valid_to IS NULL OR rate_decks.valid_to > Instant)
      ORDER BY rate_decks.valid_from DESC, rate_decks.id DESC LIMIT 1 FOR UPDATE;
      -- Without an earlier deck of the tier, the one for every tier holds for it again.
      IF Earlier IS NULL AND (DeckTier IS NULL OR NOT EXISTS (
        SELECT 1 FROM rate_decks
        WHERE rate_decks.state = 'ACTIVE' AND rate_decks.provider_id <=> ProviderId
          AND rate_decks.tariff_id <=> TariffId AND rate_decks.tier IS NULL
          AND rate_decks.valid_from <= Instant
          AND (rate_decks.valid_to IS NULL OR rate_decks.valid_to > Instant))) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'NO_EARLIER_DECK';
      END IF;
      UPDATE rate_decks SET rate_decks.state = 'ACTIVE' WHERE rate_decks.id = Earlier;
    END IF;

    UPDATE rate_decks
    SET rate_decks.state = 'RETIRED', rate_decks.rolled_back_at = Instant
    WHERE rate_decks.id = p_deck_id;
  END IF;

  COMMIT;

  SELECT rate_decks.id
  FROM rate_decks
  WHERE rate_decks.state = 'ACTIVE' AND rate_decks.provider_id <=> ProviderId
    AND rate_decks.tariff_id <=> TariffId AND (rate_decks.tier <=> DeckTier OR rate_decks.tier IS NULL)
    AND rate_decks.valid_from <= Instant
    AND (rate_decks.valid_to IS NULL OR rate_decks.valid_to > Instant)
  ORDER BY rate_decks.tier IS NULL, rate_decks.valid_from DESC, rate_decks.id DESC LIMIT 1;
END
