import '@breakwater/memory';

await import('./run.js'); // Loaded later, so that a process that restarts itself with other limits loads it only once.
