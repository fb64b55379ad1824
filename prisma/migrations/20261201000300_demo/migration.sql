-- Marks the apps of the demo that `npm start` seeds. Removing the demo removes these apps with all that they have.
ALTER TABLE apps ADD COLUMN demo boolean NOT NULL DEFAULT false;
