CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER server_trusted_proxies_after_insert
AFTER INSERT ON server_trusted_proxies FOR EACH ROW
UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1
