import { checkVectors } from './check-vectors.ts';

checkVectors('blocks', { stride: 200, first: 1 }, [3]);
