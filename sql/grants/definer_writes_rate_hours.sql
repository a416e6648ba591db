GRANT INSERT, UPDATE ON rate_hours TO `definer`@`localhost`
