import { checkVectors } from './check-vectors.ts';

checkVectors('forms', { stride: 15, first: 3 });
