CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_note_unseen_change(
  IN p_seen_version BIGINT UNSIGNED
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Moves the data version for a change that fires no trigger, unless somebody has moved it already.'
BEGIN
  UPDATE data_version
  SET data_version.version = data_version.version + 1
  WHERE data_version.id = 1 AND data_version.version = p_seen_version;

  SELECT data_version.version AS version FROM data_version WHERE data_version.id = 1;
END
