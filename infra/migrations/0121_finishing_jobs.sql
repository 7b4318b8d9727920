-- Called in the message that commits: a job is done if its transaction still holds it, or nothing of
-- the transaction happens. It costs no round trip.
CREATE FUNCTION app_finish_job(job uuid, held_fence bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE jobs SET state = 'done', finished_at = now(), updated_at = now(), lease_until = NULL,
         error = NULL
   WHERE tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid AND id = job
     AND fence = held_fence AND state = 'running';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the job is no longer held' USING ERRCODE = 'AT410';
  END IF;
END $$;
