CREATE TABLE targets (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  account_id INT UNSIGNED NOT NULL,
  kind ENUM('ENDPOINT','RING_GROUP','LOCATION','EXTERNAL') NOT NULL,
  endpoint_id INT UNSIGNED NULL,
  ring_group_id INT UNSIGNED NULL,
  location_id INT UNSIGNED NULL,
  number VARCHAR(15) COLLATE ascii_nopad_bin NULL COMMENT 'E.164 digits',
  PRIMARY KEY (id),
  KEY account_id (account_id),
  KEY endpoint_id (endpoint_id),
  KEY ring_group_id (ring_group_id),
  KEY location_id (location_id),
  CONSTRAINT targets_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT targets_endpoint FOREIGN KEY (endpoint_id) REFERENCES endpoints (id),
  CONSTRAINT targets_ring_group FOREIGN KEY (ring_group_id) REFERENCES ring_groups (id),
  CONSTRAINT targets_location FOREIGN KEY (location_id) REFERENCES dialplan_locations (id),
  CONSTRAINT targets_kind_has_its_column CHECK (
    (kind = 'ENDPOINT') = (endpoint_id IS NOT NULL)
    AND (kind = 'RING_GROUP') = (ring_group_id IS NOT NULL)
    AND (kind = 'LOCATION') = (location_id IS NOT NULL)
    AND (kind = 'EXTERNAL') = (number IS NOT NULL)),
  CONSTRAINT targets_number_is_digits CHECK (
    number NOT REGEXP '[^0-9]' AND CHAR_LENGTH(number) BETWEEN 1 AND 15)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Where numbers and clients lead; exactly the column of its kind is set'
