CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER tariffs_after_delete
AFTER DELETE ON tariffs FOR EACH ROW
UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1
