import '@breakwater/memory';

await import('./run.js'); // later, so that a process that is made again with other limits loads it once only
