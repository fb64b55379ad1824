-- The span that accepted a delivery (W3C traceparent), so that attempts in other processes belong to its trace. Null
-- while tracing is off.
ALTER TABLE deliveries ADD COLUMN "trace_parent" VARCHAR(55);
