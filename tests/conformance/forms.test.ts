import { checkVectors } from './check-vectors.ts';

checkVectors('forms', { stride: 6, first: 3 });
