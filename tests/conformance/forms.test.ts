import { checkVectors } from './check-vectors.ts';

checkVectors('forms', { stride: 9, first: 3 });
