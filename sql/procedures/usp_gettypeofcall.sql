CREATE OR REPLACE DEFINER = `definer`@`localhost` PROCEDURE usp_gettypeofcall(
  IN IncomingPhoneNumber VARCHAR(30) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN TargetGateNumber VARCHAR(30) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN CHANID VARCHAR(150) CHARACTER SET ascii COLLATE ascii_nopad_bin,
  IN SYSTEMNAME VARCHAR(50) CHARACTER SET ascii COLLATE ascii_nopad_bin
)
MODIFIES SQL DATA
SQL SECURITY DEFINER
COMMENT 'Says what a call from a provider would be, for people at the console: numbers in E.164 digits, no check of addresses.'
BEGIN
  DECLARE AskingServerId, NumberId, ServingServerId, AccountId, TargetId INT UNSIGNED;
  DECLARE NumberEnabled, EchoTest, AccountEnabled TINYINT(1);
  DECLARE NumberDirection VARCHAR(6) CHARACTER SET ascii COLLATE ascii_nopad_bin;
  DECLARE AccountName VARCHAR(50) CHARACTER SET ascii COLLATE ascii_nopad_bin;
  DECLARE ServingServerName VARCHAR(50) CHARACTER SET ascii COLLATE ascii_nopad_bin;
  DECLARE ForwardPath VARCHAR(100) CHARACTER SET ascii COLLATE ascii_nopad_bin;
  DECLARE CallClass, RefusalReason VARCHAR(30) CHARACTER SET ascii COLLATE ascii_nopad_bin;
  DECLARE TargetIds TEXT CHARACTER SET ascii COLLATE ascii_nopad_bin;
  DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN END;

  SELECT servers.id INTO AskingServerId
  FROM servers
  WHERE servers.servername = SYSTEMNAME AND servers.id <> 0;

  IF AskingServerId IS NULL THEN
    CALL `debug`.debug('usp_gettypeofcall', CONCAT_WS(' ', 'unknown server', SYSTEMNAME));
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'UNKNOWN_SERVER';
  END IF;

  SELECT numbers_pool.id, numbers_pool.enabled, numbers_pool.direction, numbers_pool.echotest,
    numbers_pool.server_id, numbers_pool.account_id, numbers_pool.target_id,
    accounts.accountname, accounts.enabled
  INTO NumberId, NumberEnabled, NumberDirection, EchoTest,
    ServingServerId, AccountId, TargetId,
    AccountName, AccountEnabled
  FROM numbers_pool
  LEFT JOIN accounts ON accounts.id = numbers_pool.account_id
  WHERE numbers_pool.number = TargetGateNumber;

  IF NumberId IS NULL THEN
    SET RefusalReason = 'UNKNOWN_NUMBER';
  ELSEIF NOT NumberEnabled THEN
    SET RefusalReason = 'NUMBER_DISABLED';
  ELSEIF NumberDirection = 'OUT' THEN
    SET RefusalReason = 'NUMBER_OUT_ONLY';
  ELSEIF AccountId IS NOT NULL AND NOT IFNULL(AccountEnabled, 0) THEN
    SET RefusalReason = 'ACCOUNT_DISABLED';
  ELSEIF EchoTest THEN
    SET CallClass = 'ECHO_TEST', TargetIds = 'echo';
  ELSEIF ServingServerId <> AskingServerId THEN
    SELECT servers.servername, IF(servers.protocol = 'IAX2', servers.iax2, servers.sip)
    INTO ServingServerName, ForwardPath
    FROM servers
    WHERE servers.id = ServingServerId AND servers.id <> 0 AND servers.enabled;

    IF ForwardPath IS NULL THEN
      SET RefusalReason = 'SERVER_UNREACHABLE', ServingServerName = NULL;
    ELSE
      SET CallClass = 'FORWARD', TargetIds = CONCAT('s', ServingServerId);
    END IF;
  ELSE
    SELECT GROUP_CONCAT(usable.target_id ORDER BY usable.position)
    INTO TargetIds
    FROM (
      SELECT usable_target_id(client_targets.target_id) AS target_id, client_targets.position
      FROM clients
      JOIN client_targets ON client_targets.client_id = clients.id
      WHERE clients.account_id = AccountId AND clients.number = IncomingPhoneNumber
      HAVING target_id IS NOT NULL
      ORDER BY client_targets.position
      LIMIT 10 -- the contract's most for one call
    ) AS usable;

    IF TargetIds IS NOT NULL THEN
      SET CallClass = 'INCOMING_CLIENT';
    ELSE
      SET TargetIds = usable_target_id(TargetId);
      IF TargetIds IS NOT NULL THEN
        SET CallClass = 'INCOMING';
        -- Whoever has calls sent on to a number outside pays for it.
        IF AccountId IS NULL AND TargetIds LIKE 't%' THEN
          SELECT accounts.accountname INTO AccountName
          FROM targets
          JOIN accounts ON accounts.id = targets.account_id
          WHERE targets.id = TargetId;
        END IF;
      ELSE
        SET RefusalReason = 'NO_DESTINATION';
      END IF;
    END IF;
  END IF;

  IF RefusalReason IN ('NUMBER_DISABLED', 'NUMBER_OUT_ONLY', 'ACCOUNT_DISABLED') THEN
    SET AccountName = NULL; -- it was not asked for
  END IF;

  CALL `debug`.debug('usp_gettypeofcall', CONCAT_WS(
    ' ', 'call from', IncomingPhoneNumber, 'to', TargetGateNumber, 'at server', SYSTEMNAME,
    'with channelid', CHANID, 'is', CallClass, RefusalReason, TargetIds));

  SELECT CallClass AS call_class, RefusalReason AS refusal_reason, AccountName AS account,
    ServingServerName AS server, ForwardPath AS forward_path, TargetIds AS target_ids;
END
