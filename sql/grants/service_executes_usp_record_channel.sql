GRANT EXECUTE ON PROCEDURE usp_record_channel TO `service`@`host`
