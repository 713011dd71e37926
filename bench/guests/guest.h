/* What every measuring guest starts with: run() is the work, its result ends the run. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
u32 run(void);
__attribute__((section(".text.start"), used)) u32 main(void) { return run() & 0x7f; }
#define BUFFER ((u8 *)0x400000)
