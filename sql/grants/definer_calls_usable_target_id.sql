GRANT EXECUTE ON FUNCTION usable_target_id TO `definer`@`localhost`
