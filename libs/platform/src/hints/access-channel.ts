/** Hint channel for every change of keys, also when the app of a key is deleted. */
export const ACCESS_CHANNEL = 'access';
