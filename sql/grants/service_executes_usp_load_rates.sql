GRANT EXECUTE ON PROCEDURE usp_load_rates TO `service`@`host`
