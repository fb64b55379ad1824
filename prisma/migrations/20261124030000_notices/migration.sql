-- What goes to a chat or to a callback: the body of the request, as it is sent.
ALTER TABLE notifications ADD COLUMN "body" TEXT;

-- Up to where people were told of the dead letters of a capability, and when they are told again at the earliest.
CREATE TABLE "failure_notices" (
    "app_id" VARCHAR(255) NOT NULL,
    "capability" VARCHAR(100) NOT NULL,
    "told_until" TIMESTAMPTZ(3) NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "failure_notices_pkey" PRIMARY KEY ("app_id","capability")
);
ALTER TABLE failure_notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE failure_notices FORCE ROW LEVEL SECURITY;
CREATE POLICY service ON failure_notices TO breakwater_service USING (true) WITH CHECK (true);
