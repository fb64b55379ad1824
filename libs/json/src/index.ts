/** JSON as text: parts of a document exactly as their sender wrote them. */
export { JSON_NULL, sliceItems, sliceMember, sliceMembers } from './slice-member.js';
export { fillIn, JsonText, withoutBlanks } from './json-text.js';
