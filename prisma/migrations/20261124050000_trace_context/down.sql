ALTER TABLE deliveries DROP COLUMN "trace_parent";
