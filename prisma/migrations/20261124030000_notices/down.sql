DROP TABLE failure_notices;
ALTER TABLE notifications DROP COLUMN "body";
