import { expect } from 'vitest';
import { addMatchers } from './matchers.ts';

// The plugin makes vitest load this before the tests of each file.
addMatchers(expect);
