// Loaded before the app by start.mjs: when that is killed without a chance to say so, stop as if asked to.
if (process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
