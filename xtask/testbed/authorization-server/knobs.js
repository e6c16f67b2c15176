// What can a test change while the server runs?

export const knobs = {
  accessTtl: 300, // seconds that an access token lives
  deviceTtl: 600, // seconds that a device code lives
  interval: 5, // seconds between two polls of a device
  registration: true, // may people make accounts?
  rotation: 'tolerant', // of a refresh whose answer was lost; or 'strict': a second use ends the session
  verificationComplete: true, // does a device get verification_uri_complete?
};

// Changes all that is said, or nothing; the reason why not.
export function turn(changes) {
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(knobs, name)) return `there is no knob ${name}`;
    if (typeof value !== typeof knobs[name]) return `${name} is a ${typeof knobs[name]}`;
    if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= lowest(name))) {
      return `${name} is a whole number from ${lowest(name)}`;
    }
    if (name === 'rotation' && !['tolerant', 'strict'].includes(value)) return 'rotation is tolerant or strict';
  }
  Object.assign(knobs, changes);
  return undefined;
}

function lowest(name) {
  return name === 'interval' ? 0 : 1;
}
