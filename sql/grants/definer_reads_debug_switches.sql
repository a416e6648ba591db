GRANT SELECT ON `debug`.debug_switches TO `definer`@`localhost`
