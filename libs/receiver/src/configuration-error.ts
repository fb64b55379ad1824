/** The receiver is not set up as it must be: its developer has to change a line. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}
