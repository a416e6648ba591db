CREATE TABLE dialplan_locations (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  account_id INT UNSIGNED NULL COMMENT 'NULL: every account''s',
  account_key BIGINT AS (IFNULL(account_id, -1)) PERSISTENT COMMENT 'For the unique keys',
  locationname VARCHAR(80) COLLATE ascii_nopad_bin NOT NULL COMMENT 'For a queue, its name in queues.conf',
  kind ENUM('IVR','VOICEMAIL','CONFERENCE','FEATURE','QUEUE','ECHO_TEST') NOT NULL,
  context VARCHAR(80) COLLATE ascii_nopad_bin NOT NULL,
  extension VARCHAR(80) COLLATE ascii_nopad_bin NOT NULL DEFAULT 's',
  priority INT UNSIGNED NOT NULL DEFAULT 1,
  feature_code VARCHAR(10) COLLATE ascii_nopad_bin NULL COMMENT 'What a user dials, for example *97',
  PRIMARY KEY (id),
  UNIQUE KEY locationname (account_key, locationname),
  UNIQUE KEY feature_code (account_key, feature_code),
  KEY account_id (account_id),
  CONSTRAINT dialplan_locations_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT dialplan_locations_name_is_a_name CHECK (
    locationname NOT REGEXP '[^A-Za-z0-9._-]' AND locationname <> ''),
  CONSTRAINT dialplan_locations_context_is_a_name CHECK (
    context NOT REGEXP '[^A-Za-z0-9._-]' AND context <> ''),
  CONSTRAINT dialplan_locations_extension_is_dialplan CHECK (
    extension NOT REGEXP '[^A-Za-z0-9._*#+-]' AND extension <> ''),
  CONSTRAINT dialplan_locations_priority_is_from_1 CHECK (priority >= 1),
  CONSTRAINT dialplan_locations_feature_code_is_dialled CHECK (
    feature_code REGEXP '^[*#]' AND feature_code NOT REGEXP '[^0-9*#]' AND CHAR_LENGTH(feature_code) >= 2)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='The places in the dialplan that calls may be sent to, and no others'
