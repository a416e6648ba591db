CREATE TABLE clients (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  account_id INT UNSIGNED NOT NULL,
  number VARCHAR(15) COLLATE ascii_nopad_bin NOT NULL COMMENT 'E.164 digits',
  clientname VARCHAR(100) NOT NULL DEFAULT '',
  PRIMARY KEY (id),
  UNIQUE KEY number (account_id, number),
  CONSTRAINT clients_account FOREIGN KEY (account_id) REFERENCES accounts (id),
  CONSTRAINT clients_number_is_digits CHECK (
    number NOT REGEXP '[^0-9]' AND CHAR_LENGTH(number) BETWEEN 1 AND 15),
  CONSTRAINT clients_name_is_printable CHECK (clientname NOT REGEXP '[[:cntrl:]]')
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Known callers of an account'
