CREATE OR REPLACE DEFINER = `definer`@`localhost` TRIGGER rate_decks_after_insert
AFTER INSERT ON rate_decks FOR EACH ROW
-- A deck that is not active decides nothing.
IF NEW.state = 'ACTIVE' THEN
  UPDATE data_version SET data_version.version = data_version.version + 1 WHERE data_version.id = 1;
END IF
