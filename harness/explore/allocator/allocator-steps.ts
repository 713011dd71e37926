import type { Arbitrary } from 'fast-check';
import type { AllocatorFunctions } from './allocator-calls.ts';
import type { AllocatorModel } from './allocator-model.ts';

const MOST_COUNT = 8; // elements of calloc

/** One thing to do; `which` picks a live block, counted from the oldest and around. */
export type AllocatorStep =
  | { readonly kind: 'alloc'; readonly bytes: number }
  | { readonly kind: 'calloc'; readonly count: number; readonly bytes: number }
  | { readonly kind: 'realloc'; readonly which: number; readonly bytes: number }
  | { readonly kind: 'free'; readonly which: number }
  | { readonly kind: 'exhaust'; readonly bytes: number };

type FastCheck = typeof import('fast-check');

/** Steps for the functions there are: small sizes most of all, and those around powers of two. */
export function stepArbitrary(fc: FastCheck, functions: AllocatorFunctions, largest: number): Arbitrary<AllocatorStep> {
  const bytes = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: Math.min(64, largest) }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: largest }) },
    { weight: 2, arbitrary: aroundPowers(fc, largest) },
  );
  const which = fc.nat({ max: 15 });
  const count = fc.integer({ min: 1, max: MOST_COUNT });
  const choices: { weight: number; arbitrary: Arbitrary<AllocatorStep> }[] = [
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('alloc' as const), bytes }) },
  ];
  if (functions.free !== undefined) {
    choices.push({ weight: 3, arbitrary: fc.record({ kind: fc.constant('free' as const), which }) });
  }
  if (functions.realloc !== undefined) {
    choices.push({ weight: 2, arbitrary: fc.record({ kind: fc.constant('realloc' as const), which, bytes }) });
  }
  if (functions.calloc !== undefined) {
    choices.push({ weight: 1, arbitrary: fc.record({ kind: fc.constant('calloc' as const), count, bytes }) });
  }
  return fc.oneof(...choices);
}

/** One less than a power of two, it, and one more: where rounding goes wrong. */
function aroundPowers(fc: FastCheck, largest: number): Arbitrary<number> {
  const powers = Array.from({ length: Math.floor(Math.log2(largest)) + 1 }, (_, bit) => 2 ** bit);
  const sizes = powers.flatMap((power) => [power - 1, power, power + 1]);
  return fc.constantFrom(...new Set(sizes.filter((size) => size >= 1 && size <= largest)));
}

/** A step with the block it is about. */
type BlockStep =
  | Exclude<AllocatorStep, { readonly which: number }>
  | { readonly kind: 'realloc'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'free'; readonly id: number };

/**
 * Does the steps one after the other; one about a block when there is none does nothing. Adds to `script` the calls of
 * the model that do the same again. Errors: AllocatorFlaw.
 */
export async function takeSteps(
  model: AllocatorModel,
  steps: readonly AllocatorStep[],
  script: string[],
): Promise<void> {
  for (const step of steps) {
    const blockStep = withBlock(model, step);
    if (blockStep === undefined) continue;
    script.push(codeOf(blockStep));
    await takeStep(model, blockStep);
  }
  script.push('freeAll()');
  await model.freeAll();
}

function withBlock(model: AllocatorModel, step: AllocatorStep): BlockStep | undefined {
  if (!('which' in step)) return step;
  const { which, ...rest } = step;
  const block = model.live[which % Math.max(1, model.live.length)];
  return block === undefined ? undefined : { ...rest, id: block.id };
}

function codeOf(step: BlockStep): string {
  if (step.kind === 'calloc') return `calloc(${step.count}, ${step.bytes})`;
  if (step.kind === 'realloc') return `realloc(${step.id}, ${step.bytes})`;
  return `${step.kind}(${step.kind === 'free' ? step.id : step.bytes})`;
}

async function takeStep(model: AllocatorModel, step: BlockStep): Promise<unknown> {
  switch (step.kind) {
    case 'alloc':
      return model.alloc(step.bytes);
    case 'calloc':
      return model.calloc(step.count, step.bytes);
    case 'exhaust':
      return model.exhaust(step.bytes);
    case 'free':
      return model.free(step.id);
    case 'realloc':
      return model.realloc(step.id, step.bytes);
  }
}
