// Tests run gilt's code as Node runs it. Vitest's own module system turns each use of an import into a call of a getter,
// with which an emulator takes half as long again; but Node 20 knows no TypeScript, so hooks teach it.
import { register } from 'node:module';

register(new URL('hooks.mjs', import.meta.url));

// Vitest's stack traces know the source maps of its own modules only; Node's (--enable-source-maps) know all. So the one
// stays out of the other's way.
Object.defineProperty(Error, 'prepareStackTrace', { get: () => undefined, set: () => undefined });
