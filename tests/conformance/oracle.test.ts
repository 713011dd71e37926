import { checkVectors } from './check-vectors.ts';

checkVectors('oracle', { stride: 12, first: 0 });
