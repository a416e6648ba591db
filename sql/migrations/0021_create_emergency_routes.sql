CREATE TABLE emergency_routes (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  country CHAR(2) COLLATE ascii_nopad_bin NOT NULL COMMENT 'ISO 3166-1 alpha-2',
  number VARCHAR(15) COLLATE ascii_nopad_bin NOT NULL COMMENT 'As dialled, for example 112',
  server_id INT UNSIGNED NULL COMMENT 'NULL: from every server of the country',
  position SMALLINT UNSIGNED NOT NULL,
  gate_id INT UNSIGNED NULL,
  providers_ips_id INT UNSIGNED NULL,
  dial_number VARCHAR(15) COLLATE ascii_nopad_bin NULL COMMENT 'NULL: the number itself',
  PRIMARY KEY (id),
  KEY number (country, number, position),
  KEY server_id (server_id),
  KEY gate_id (gate_id),
  KEY providers_ips_id (providers_ips_id),
  CONSTRAINT emergency_routes_server FOREIGN KEY (server_id) REFERENCES servers (id),
  CONSTRAINT emergency_routes_gate FOREIGN KEY (gate_id) REFERENCES gates (id),
  CONSTRAINT emergency_routes_address FOREIGN KEY (providers_ips_id) REFERENCES providers_ips (id),
  CONSTRAINT emergency_routes_country_is_2_capitals CHECK (
    country NOT REGEXP '[^A-Z]' AND CHAR_LENGTH(country) = 2),
  CONSTRAINT emergency_routes_number_is_digits CHECK (
    number NOT REGEXP '[^0-9]' AND CHAR_LENGTH(number) BETWEEN 1 AND 15),
  CONSTRAINT emergency_routes_position_is_from_1 CHECK (position >= 1),
  CONSTRAINT emergency_routes_gate_or_address CHECK ((gate_id IS NULL) <> (providers_ips_id IS NULL)),
  CONSTRAINT emergency_routes_dial_number_is_digits CHECK (
    dial_number NOT REGEXP '[^0-9]' AND CHAR_LENGTH(dial_number) BETWEEN 1 AND 15)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='How the emergency numbers of a country are reached'
