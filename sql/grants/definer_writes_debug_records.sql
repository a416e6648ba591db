GRANT SELECT, INSERT ON `debug`.debug_records TO `definer`@`localhost`
