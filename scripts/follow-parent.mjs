// Loaded before the app by start.mjs: when that is killed without a signal that it can handle, stop as after a signal.
if (process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
