#include "cpu.h"
#include "heap.h"
#include "paging.h"
#include "process.h"
#include "scheduler.h"
#include "screen.h"

void process_a(void)
{
    println("Process A");
    while (1);
}

void process_b(void)
{
    println("Process B");
    while (1);
}

void process_c(void)
{
    println("Process C");
    while (1);
}

void process_d(void)
{
    println("Process D");
    while (1);
}

/* The order matters: whatever a tick needs exists before interrupts are on. */
void kernel_main(void)
{
    screen_init();
    printi(539);
    println("kernel version G");

    heap_init();
    print("Heap starts at ");
    printi(HEAP_START);
    println("");

    paging_init();
    print("Paging maps ");
    printi(MAPPED_MIB);
    println(" MiB");

    process_init();
    process_create(process_a);
    process_create(process_b);
    process_create(process_c);
    process_create(process_d);
    printi((int)process_count);
    println(" processes are ready");

    scheduler_init();
    enable_interrupts();
    while (1);
}
