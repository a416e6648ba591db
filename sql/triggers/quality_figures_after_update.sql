CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER quality_figures_after_update
AFTER UPDATE ON quality_figures FOR EACH ROW
UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1
