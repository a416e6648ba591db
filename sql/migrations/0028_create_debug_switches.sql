CREATE TABLE `debug`.debug_switches (
  procedure_name VARCHAR(50) NOT NULL,
  enabled TINYINT(1) NOT NULL DEFAULT 1,
  PRIMARY KEY (procedure_name),
  CONSTRAINT debug_switches_enabled_is_0_or_1 CHECK (enabled IN (0, 1))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT='Which procedures say what they do; a procedure without a row is silent'
