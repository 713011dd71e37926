import { parentPort, workerData } from 'node:worker_threads';
import { loadBootFiles } from '../run/files/boot-files.ts';
import { judgeShare, type ThreadWork } from './judge-pool.ts';

// The program of a helping thread of `gilt gate`.
const work: ThreadWork = workerData;
for await (const judged of judgeShare(work, loadBootFiles(work.bootPaths))) parentPort?.postMessage(judged);
