CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER numbers_pool_after_delete
AFTER DELETE ON numbers_pool FOR EACH ROW
UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1
