import { checkVectors } from './check-vectors.ts';

checkVectors('oracle', { stride: 20, first: 0 });
