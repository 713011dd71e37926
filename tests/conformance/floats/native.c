/*
 * Runs single x87, MMX and SSE instructions on the processor that this program runs on. Cases come on stdin, outcomes go to
 * stdout, both as the structs below. The code may use [rdi], which points to `memory`, and eax; 64-bit mode decodes
 * those encodings as 32-bit mode does.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

struct state {
  uint8_t isFxsave, length, code[14];
  uint32_t eax, eflags;
  uint8_t floats[512] __attribute__((aligned(16))); /* of FRSTOR or FXRSTOR */
  uint8_t memory[512] __attribute__((aligned(16)));
};
struct outcome {
  uint32_t hasFault, vector, eax, eflags;
  uint8_t floats[512] __attribute__((aligned(16)));
  uint8_t memory[512] __attribute__((aligned(16)));
};

static struct state in;
static struct outcome out;
static sigjmp_buf back;

static void caught(int number, siginfo_t *info, void *context) {
  ucontext_t *u = context;
  (void)info;
  (void)number;
  out.hasFault = 1;
  out.vector = u->uc_mcontext.gregs[REG_TRAPNO];
  if (u->uc_mcontext.fpregs) memcpy(out.floats, u->uc_mcontext.fpregs, 512);
  siglongjmp(back, 1);
}

static uint8_t *emit(uint8_t *p, const char *bytes, int length) {
  memcpy(p, bytes, length);
  return p + length;
}

int main(void) {
  uint8_t *code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  static uint8_t stack[65536];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, 0);
  struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  for (int s = SIGILL; s <= SIGSEGV; s++)
    if (s == SIGILL || s == SIGFPE || s == SIGSEGV || s == SIGBUS) sigaction(s, &action, 0);
  while (fread(&in, sizeof in, 1, stdin) == 1) {
    memset(&out, 0, sizeof out);
    memcpy(out.memory, in.memory, 512);
    /* rdi memory, rsi floats in, rdx floats out, rcx where eflags and eax go (r8) */
    uint8_t *p = code;
    p = emit(p, "\x53", 1);                                  /* push rbx */
    p = in.isFxsave ? emit(p, "\x0f\xae\x0e", 3) : emit(p, "\xdd\x26", 2); /* fxrstor [rsi] / frstor [rsi] */
    p = emit(p, "\x41\x8b\x00", 3);                           /* mov eax, [r8] */
    p = emit(p, "\xff\x31\x9d", 3);                           /* push qword [rcx]; popfq */
    p = emit(p, (char *)in.code, in.length);
    p = emit(p, "\x9c\x8f\x01", 3);                           /* pushfq; pop qword [rcx] */
    p = emit(p, "\x41\x89\x00", 3);                           /* mov [r8], eax */
    p = in.isFxsave ? emit(p, "\x0f\xae\x02", 3) : emit(p, "\xdd\x32", 2); /* fxsave [rdx] / fnsave [rdx] */
    p = emit(p, "\xdb\xe3\x5b\xc3", 4);                       /* fninit; pop rbx; ret */
    uint64_t eflags = in.eflags | 2;
    uint32_t eax = in.eax;
    if (sigsetjmp(back, 1) == 0) {
      void *call = code;
      register uint64_t *rcx asm("rcx") = &eflags;
      register uint32_t *r8 asm("r8") = &eax;
      register void *rdi asm("rdi") = out.memory;
      register void *rsi asm("rsi") = in.floats;
      register void *rdx asm("rdx") = out.floats;
      asm volatile("sub $256, %%rsp\n\tcall *%0\n\tadd $256, %%rsp"
                   : "+r"(call), "+r"(rcx), "+r"(r8), "+r"(rdi), "+r"(rsi), "+r"(rdx)
                   :
                   : "rax", "r9", "r10", "r11", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                     "xmm7");
    }
    unsigned mxcsr = 0x1f80;
    asm volatile("fninit; cld; ldmxcsr %0" : : "m"(mxcsr));
    out.eflags = (uint32_t)eflags;
    out.eax = eax;
    fwrite(&out, sizeof out, 1, stdout);
  }
  return 0;
}
