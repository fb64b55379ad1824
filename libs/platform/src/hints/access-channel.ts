/** Hint channel on which anything at all says that keys changed: also when the app of a key is deleted. */
export const ACCESS_CHANNEL = 'access';
