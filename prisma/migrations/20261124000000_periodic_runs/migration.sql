-- Work that one process does for all from time to time: when it is due again, and when it ran last.
CREATE TABLE "periodic_runs" (
    "name" VARCHAR(60) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "periodic_runs_pkey" PRIMARY KEY ("name")
);
