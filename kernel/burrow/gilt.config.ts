import { defineConfig } from 'gilt';

export default defineConfig({
  image: 'build/burrow.img',
  symbols: 'build/burrow.elf',
  scenarios: 'scenarios',
  golden: 'golden',
  allocators: [
    { name: 'bmalloc', args: 1 },
    { name: 'bcalloc', kind: 'calloc', args: 2 },
    { name: 'brealloc', kind: 'realloc', args: 2 },
    { name: 'bfree', kind: 'free', args: 1 },
    { name: 'frame_alloc', kind: 'frames', args: 0 },
    { name: 'frame_free', kind: 'free-frames', args: 1 },
  ],
  regions: [
    { name: 'heap', start: 'heap_area', end: 'heap_area_end' },
    { name: 'frames', start: 'frame_area', end: 'frame_area_end' },
  ],
});
