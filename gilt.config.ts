import { defineConfig } from 'gilt';

export default defineConfig({
  image: 'kernel/build/539kernel.img',
  symbols: 'kernel/build/539kernel.elf',
  scenarios: 'kernel/scenarios',
  golden: 'golden',
  allocators: [{ name: 'kalloc', args: 1, size: 0 }],
});
