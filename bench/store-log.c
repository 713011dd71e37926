/*
 * A plugin for QEMU 7.2 (interface version 1, docs/devel/tcg-plugins.rst) that notes each store of the guest: its linear
 * address, the instruction that made it and how wide it was, 16 bytes, in a ring in memory. Values are not to be had
 * from that interface. What is declared here is the part of it that is used, so QEMU's headers need not be installed.
 */
#include <stddef.h>
#include <stdint.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum cb_flags { NO_REGISTERS };
enum mem_rw { READS = 1, WRITES };
typedef void on_translation(plugin_id, struct qemu_plugin_tb *);
typedef void on_access(unsigned cpu, uint32_t access, uint64_t linear, void *user);
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, on_translation *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
_Bool qemu_plugin_mem_is_store(uint32_t access);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *, on_access *, enum cb_flags, enum mem_rw, void *user);

int qemu_plugin_version = 1;

#define RECORDS (1 << 18)
static struct record {
  uint64_t linear;
  uint32_t eip;
  uint32_t access;
} ring[RECORDS];
static size_t count;

/* QEMU 7.2 tells of the loads of these instructions, too, whatever it was asked for. */
static void store(unsigned cpu, uint32_t access, uint64_t linear, void *eip) {
  if (qemu_plugin_mem_is_store(access)) ring[count++ % RECORDS] = (struct record){linear, (uint32_t)(uintptr_t)eip, access};
}

static void translate(plugin_id id, struct qemu_plugin_tb *block) {
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);
    void *eip = (void *)(uintptr_t)qemu_plugin_insn_vaddr(insn);
    qemu_plugin_register_vcpu_mem_cb(insn, store, NO_REGISTERS, WRITES, eip);
  }
}

int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  return 0;
}
