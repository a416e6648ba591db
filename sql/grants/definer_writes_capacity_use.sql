GRANT INSERT, UPDATE ON capacity_use TO `definer`@`localhost`
