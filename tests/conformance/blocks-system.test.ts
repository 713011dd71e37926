import { checkVectors } from './check-vectors.ts';

checkVectors('blocks', { stride: 300, first: 1 }, [0]);
