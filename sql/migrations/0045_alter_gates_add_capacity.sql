ALTER TABLE gates
  ADD COLUMN most_channels INT UNSIGNED NULL COMMENT 'Calls that go over it at the same time; NULL: any number',
  ADD COLUMN most_calls_per_second INT UNSIGNED NULL COMMENT 'Calls that it takes within any second; NULL: any number',
  ADD CONSTRAINT gates_most_channels_is_from_1 CHECK (most_channels >= 1),
  ADD CONSTRAINT gates_most_calls_per_second_is_from_1 CHECK (most_calls_per_second >= 1)
