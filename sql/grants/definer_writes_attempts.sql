GRANT INSERT, UPDATE ON attempts TO `definer`@`localhost`
