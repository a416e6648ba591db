GRANT EXECUTE ON PROCEDURE usp_remove_rates TO `service`@`host`
