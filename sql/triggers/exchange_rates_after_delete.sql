CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER exchange_rates_after_delete
AFTER DELETE ON exchange_rates FOR EACH ROW
UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1
