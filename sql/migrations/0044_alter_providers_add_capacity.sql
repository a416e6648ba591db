ALTER TABLE providers
  ADD COLUMN most_channels INT UNSIGNED NULL COMMENT 'Calls that it carries for us at the same time; NULL: any number',
  ADD COLUMN most_calls_per_second INT UNSIGNED NULL COMMENT 'Calls that it takes from us within any second; NULL: any number',
  ADD CONSTRAINT providers_most_channels_is_from_1 CHECK (most_channels >= 1),
  ADD CONSTRAINT providers_most_calls_per_second_is_from_1 CHECK (most_calls_per_second >= 1)
