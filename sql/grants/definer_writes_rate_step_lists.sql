GRANT INSERT, UPDATE ON rate_step_lists TO `definer`@`localhost`
