/** One run of a measuring guest by v86: `run-v86 <image>`. The guest is its BIOS, for v86 brings none. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { romOf } from './rom.ts';

interface V86Emulator {
  add_listener(event: string, listener: () => void): void;
  run(): void;
  readonly v86: {
    readonly cpu: { readonly io: { register_write(port: number, self: object, write: () => void): void } };
  };
}

const EXIT_PORT = 0xf4;
const [image] = process.argv.slice(2);
const { resolve } = createRequire(import.meta.url);
const { V86 } = (await import('v86')) as unknown as { V86: new (options: object) => V86Emulator };

const emulator = new V86({
  wasm_path: resolve('v86/build/v86.wasm'),
  bios: { buffer: romOf(readFileSync(image), readFileSync(image.replace(/[^/]*$/, 'rom.bin'))).buffer },
  memory_size: 64 * 1024 * 1024,
  vga_memory_size: 1024 * 1024,
  disable_keyboard: true,
  disable_mouse: true,
  disable_speaker: true,
  autostart: false,
});
await new Promise<void>((ready) => emulator.add_listener('emulator-ready', ready));
const cpu = process.cpuUsage();
const start = performance.now();
await new Promise<void>((done) => {
  emulator.v86.cpu.io.register_write(EXIT_PORT, emulator, done);
  emulator.run();
});
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6 }));
process.exit(0); // its timers never end
