CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_begin_rate_deck(
  IN p_upload_id CHAR(32) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_provider VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
  IN p_tariff VARCHAR(50) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_tier VARCHAR(11) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN p_valid_from DATETIME(6),
  IN p_valid_to DATETIME(6),
  IN p_source VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Begins a deck of a provider or a tariff, once for each upload id; it stays invisible until it is finished.'
BEGIN
  DECLARE ProviderId INT UNSIGNED;
  DECLARE TariffId INT UNSIGNED;
  DECLARE CurrencyId INT UNSIGNED;
  DECLARE NextVersion INT UNSIGNED;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  START TRANSACTION;

  -- The owner's row is locked: two decks of one owner begin one after the other, so versions count.
  IF p_provider <> '' THEN
    SELECT providers.id INTO ProviderId FROM providers WHERE providers.providername = p_provider FOR UPDATE;
    IF ProviderId IS NULL THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'UNKNOWN_PROVIDER';
    END IF;
  ELSE
    SELECT tariffs.id INTO TariffId FROM tariffs WHERE tariffs.tariffname = p_tariff FOR UPDATE;
    IF TariffId IS NULL THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'UNKNOWN_TARIFF';
    END IF;
  END IF;
  SELECT currency.id INTO CurrencyId FROM currency WHERE currency.iso = p_currency;
  IF CurrencyId IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'UNKNOWN_CURRENCY';
  END IF;

  IF NOT EXISTS (SELECT 1 FROM rate_decks WHERE rate_decks.upload_id = p_upload_id) THEN
    SELECT IFNULL(MAX(rate_decks.version), 0) + 1 INTO NextVersion
    FROM rate_decks
    WHERE rate_decks.provider_id <=> ProviderId AND rate_decks.tariff_id <=> TariffId
      AND rate_decks.tier <=> NULLIF(p_tier, '');

    INSERT INTO rate_decks (
      deckname, provider_id, tariff_id, tier, currency_id, version, valid_from, valid_to, source,
      upload_id, created_at, touched_at)
    VALUES (
      CONCAT(
        IF(TariffId IS NULL, p_provider, CONCAT('tariff ', p_tariff)),
        IF(p_tier = '', '', CONCAT(' ', p_tier)), ' v', NextVersion),
      ProviderId, TariffId, NULLIF(p_tier, ''), CurrencyId, NextVersion,
      IFNULL(p_valid_from, UTC_TIMESTAMP(6)), p_valid_to, p_source, p_upload_id, UTC_TIMESTAMP(6),
      UTC_TIMESTAMP(6));
  END IF;

  COMMIT;

  SELECT rate_decks.id FROM rate_decks WHERE rate_decks.upload_id = p_upload_id;
END
