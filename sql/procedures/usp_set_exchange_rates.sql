CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_set_exchange_rates(
  IN p_rows LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Sets dated exchange rates, all or none; a rate of the same currency and instant is replaced.'
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  START TRANSACTION;

  IF EXISTS (
    SELECT 1
    FROM JSON_TABLE(p_rows, '$[*]' COLUMNS (
      iso CHAR(3) CHARACTER SET ascii COLLATE ascii_nopad_bin PATH '$[0]')) AS given
    LEFT JOIN currency ON currency.iso = given.iso
    WHERE currency.id IS NULL) THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'UNKNOWN_CURRENCY';
  END IF;

  INSERT INTO exchange_rates (currency_id, valid_from, rate)
  SELECT currency.id, given.valid_from, given.rate
  FROM JSON_TABLE(p_rows, '$[*]' COLUMNS (
    iso CHAR(3) CHARACTER SET ascii COLLATE ascii_nopad_bin PATH '$[0]',
    valid_from DATETIME(6) PATH '$[1]',
    rate DECIMAL(24,12) PATH '$[2]')) AS given
  JOIN currency ON currency.iso = given.iso
  ON DUPLICATE KEY UPDATE exchange_rates.rate = VALUES(rate);

  COMMIT;
END
