ALTER TABLE providers
  ADD COLUMN strip_prefix VARCHAR(15) COLLATE ascii_nopad_bin NULL
    COMMENT 'Taken off the front of the number as number_format_out writes it; NULL: nothing',
  ADD COLUMN add_prefix VARCHAR(15) COLLATE ascii_nopad_bin NULL
    COMMENT 'Put in front of what is left, behind a tariff prefix; NULL: nothing',
  ADD CONSTRAINT providers_strip_prefix_is_digits CHECK (
    strip_prefix NOT REGEXP '[^0-9]' AND CHAR_LENGTH(strip_prefix) BETWEEN 1 AND 15),
  ADD CONSTRAINT providers_add_prefix_can_be_dialled CHECK (
    add_prefix NOT REGEXP '[^0-9*#]' AND CHAR_LENGTH(add_prefix) BETWEEN 1 AND 15)
