DROP TABLE listener_calls;
DROP TABLE listeners;
